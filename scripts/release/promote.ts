// Gives the newest revision all requests at once: make promote FUNCTION=posts. FORCE=yes also one that a canary refused.
import { given, program, Refusal, say, sayPlan } from './program.ts'
import { describeTraffic, readService, requireReady, setTraffic } from './service.ts'
import { chosenFunction, chosenTarget, requireCluster } from './target.ts'

async function promote(): Promise<void> {
  const { namespace } = chosenTarget()
  const name = chosenFunction()
  await requireCluster()
  const service = await readService(name, namespace)
  requireReady(service)
  const newest = service.revisions[0]
  if (newest === undefined || service.latestReady !== newest.name)
    throw new Refusal(`the newest revision of ${name}, ${newest?.name}, is not ready.`)
  if (newest.refusedBecause !== undefined && given('FORCE') !== 'yes')
    throw new Refusal(
      `a canary took ${newest.name} back because ${newest.refusedBecause}. FORCE=yes promotes it all the same.`,
    )
  sayPlan(`Promote ${name} in ${namespace}:`, [
    `all requests to ${newest.name} (${newest.image}); now: ${describeTraffic(service.traffic)}`,
  ])
  await setTraffic(service, [{ revision: '@latest', percent: 100 }])
  say(`${newest.name} gets all requests`)
}

await program(promote, 'Run it again, or look: make history.')
