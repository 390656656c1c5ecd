// Gives the newest revision all requests at once: make promote FUNCTION=posts. FORCE=yes includes one that a canary rejected.
import { log, printPlan, runCli } from '../cli/cli.ts'
import { type Options, UsageError, yesOrNo } from '../cli/options.ts'
import { openApi } from '../cluster/tunnels.ts'
import { describeTraffic, latest, readService, requireServing, setTraffic } from './revisions.ts'
import { clusterOptions, FUNCTION, requireCluster, targetOf } from './target.ts'

const optionSchemas = { ...clusterOptions, FUNCTION, FORCE: yesOrNo }

async function promote({ ENVIRONMENT, FUNCTION: name, FORCE }: Options<typeof optionSchemas>): Promise<void> {
  const { namespace } = targetOf(ENVIRONMENT)
  await requireCluster(ENVIRONMENT)
  const service = await readService(name, namespace)
  requireServing(service)
  const newest = service.revisions[0]
  if (newest === undefined || service.latestReady !== newest.name)
    throw new UsageError(`the newest revision of ${name}, ${newest?.name}, is not ready.`)
  if (newest.rejectedBecause !== undefined && !FORCE)
    throw new UsageError(
      `a canary rejected ${newest.name} because ${newest.rejectedBecause}. FORCE=yes promotes it nevertheless.`,
    )
  printPlan(`Promote ${name} in ${namespace}:`, [
    `all requests to ${newest.name} (${newest.image}); now: ${describeTraffic(service.traffic)}`,
  ])
  await setTraffic(await openApi(), service, [{ revision: latest, percent: 100 }])
  log(`${newest.name} receives all requests`)
}

await runCli(optionSchemas, promote, 'Run it again, or look: make history.')
