// Gives the newest revision all requests at once: make promote FUNCTION=posts. FORCE=yes includes one that a canary rejected.
import { log, printPlan, readOption, runCli, UsageError } from '../cli.ts'
import { openApi } from '../cluster/tunnels.ts'
import { describeTraffic, latest, readService, requireReady, setTraffic } from './revisions.ts'
import { readFunction, readTarget, requireCluster } from './target.ts'

async function promote(): Promise<void> {
  const { namespace } = readTarget()
  const name = readFunction()
  await requireCluster()
  const service = await readService(name, namespace)
  requireReady(service)
  const newest = service.revisions[0]
  if (newest === undefined || service.latestReady !== newest.name)
    throw new UsageError(`the newest revision of ${name}, ${newest?.name}, is not ready.`)
  if (newest.rejectedBecause !== undefined && readOption('FORCE') !== 'yes')
    throw new UsageError(
      `a canary rejected ${newest.name} because ${newest.rejectedBecause}. FORCE=yes promotes it nevertheless.`,
    )
  printPlan(`Promote ${name} in ${namespace}:`, [
    `all requests to ${newest.name} (${newest.image}); now: ${describeTraffic(service.traffic)}`,
  ])
  await setTraffic(await openApi(), service, [{ revision: latest, percent: 100 }])
  log(`${newest.name} receives all requests`)
}

await runCli(promote, 'Run it again, or look: make history.')
