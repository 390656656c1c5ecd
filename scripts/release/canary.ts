// Gives a new image a share of the requests, watches it beside the old one, and goes on or back by itself.
//   make canary FUNCTION=posts IMAGE=ghcr.io/OWNER/iod-posts:TAG PERCENT=10
//   WATCH_SECONDS   at least this long at each share (60)
//   PATIENCE_SECONDS   back after this long at a share without enough requests to judge (600)
//   MIGRATE_IMAGE   the migrations that the image was made with (iod-migrate of the same tag)
import { openApiProxy } from '../cluster/api-proxy.ts'
import { kubectl } from '../cluster/command.ts'
import { requireImages } from './images.ts'
import { requireCurrentSchema } from './migration.ts'
import { given, givenNumber, program, Refusal, say, sayPlan } from './program.ts'
import { type FunctionService, readService, refusedAnnotation, requireReady, setTraffic } from './service.ts'
import { chosenFunction, chosenTarget, requireCluster } from './target.ts'
import { canarySteps, planCanary } from './traffic.ts'
import { defaultLimits, describe, judge, type Verdict } from './verdict.ts'
import { nextPoll, type Watch, watchRequests } from './watch.ts'

const name = given('FUNCTION') ?? ''
/** After each change of the shares new pods come; what they say about speed is believed after this. */
const settlingMs = 10_000

async function canary(): Promise<void> {
  const target = chosenTarget()
  const { namespace } = target
  const chosen = chosenFunction()
  const image = given('IMAGE')
  if (image === undefined) throw new Refusal(`IMAGE is missing: the image that ${chosen} is to become.`)
  const first = givenNumber('PERCENT', 10, 1, 99)
  const watchMs = givenNumber('WATCH_SECONDS', 60, 1, 86_400) * 1_000
  const patienceMs = givenNumber('PATIENCE_SECONDS', 600, 1, 86_400) * 1_000
  await requireCluster()
  const service = await readService(chosen, namespace)
  const plan = planCanary(service, image)
  if (plan.candidate === undefined) requireReady(service)
  const migrations = given('MIGRATE_IMAGE') ?? image.replace(`/iod-${chosen}:`, '/iod-migrate:')
  await requireImages([image, migrations])
  await requireCurrentSchema(target.objects, namespace, migrations)

  const steps = canarySteps(Math.max(first, plan.percent))
  sayPlan(`Canary of ${chosen} in ${namespace}: ${image}`, [
    plan.candidate === undefined
      ? 'make a new revision that gets no requests'
      : `go on with ${plan.candidate}`,
    `give it ${steps.join(', then ')} % of the requests, the rest stays with ${plan.stable}`,
    `at each share watch both for ${watchMs / 1_000} s and ${defaultLimits.minRequests} requests, by what queue-proxy counts`,
    `go back by itself when more than ${defaultLimits.maxErrorIncrease * 100} % more fail, or the p99 is above 30 ms and ${defaultLimits.maxSlowdown} times the old one`,
  ])

  const candidate = plan.candidate ?? (await makeRevision(service, plan.stable, image))
  for (const percent of steps) {
    await setTraffic(service, [
      { revision: plan.stable, percent: 100 - percent },
      { revision: candidate, percent },
    ])
    say(`${candidate}: ${percent} % of the requests`)
    const verdict = await watch(service, { stable: plan.stable, candidate, watchMs, patienceMs })
    if (verdict.kind === 'bad') return goBack(service, plan.stable, candidate, verdict.because)
    if (verdict.kind === 'undecided')
      return goBack(
        service,
        plan.stable,
        candidate,
        `not enough requests came to judge it in ${patienceMs / 1_000} s`,
      )
  }
  await setTraffic(service, [{ revision: '@latest', percent: 100 }])
  await annotate(candidate, namespace, `${refusedAnnotation}-`)
  say(`${candidate} gets all requests. make rollback FUNCTION=${chosen} goes back to ${plan.stable}.`)
}

/** A revision of the image that is ready and gets no requests. */
async function makeRevision(service: FunctionService, stable: string, image: string): Promise<string> {
  await setTraffic(service, [{ revision: stable, percent: 100 }], ['--image', image])
  const { latestReady } = await readService(service.name, service.namespace)
  say(`${latestReady}: ready`)
  return latestReady
}

interface Watched {
  readonly stable: string
  readonly candidate: string
  readonly watchMs: number
  readonly patienceMs: number
}

async function watch(service: FunctionService, options: Watched): Promise<Verdict> {
  const api = await openApiProxy()
  const sinceGiven = watchRequests(api, service.namespace, service.name)
  let sinceSettled = watchRequests(api, service.namespace, service.name)
  const startMs = performance.now()
  const elapsedMs = () => performance.now() - startMs
  const both = ({ of }: Watch) => ({ stable: of(options.stable), candidate: of(options.candidate) })
  let saidMs = 0
  try {
    while (elapsedMs() < options.patienceMs) {
      if (elapsedMs() < settlingMs) sinceSettled = watchRequests(api, service.namespace, service.name)
      await Promise.all([sinceGiven.read(), sinceSettled.read()])
      const verdict = judge({ ...both(sinceGiven), settled: both(sinceSettled) })
      const isTime = elapsedMs() >= options.watchMs
      const isOver = verdict.kind === 'bad' || (isTime && verdict.kind === 'good')
      if (isOver || elapsedMs() - saidMs >= 10_000) {
        saidMs = elapsedMs()
        const { stable, candidate } = both(
          sinceSettled.of(options.candidate).count > 0 ? sinceSettled : sinceGiven,
        )
        say(`  stable:    ${describe(stable)}`)
        say(`  candidate: ${describe(candidate)}`)
      }
      if (isOver) return verdict
      await nextPoll()
    }
    return { kind: 'undecided' }
  } finally {
    api.close()
  }
}

/** All requests to the stable revision again; the other one remembers why, so that nobody promotes it by mistake. */
async function goBack(
  service: FunctionService,
  stable: string,
  candidate: string,
  because: string,
): Promise<void> {
  await setTraffic(service, [{ revision: stable, percent: 100 }])
  say(`back: ${stable} gets all requests, because ${because}`)
  await annotate(candidate, service.namespace, `${refusedAnnotation}=${because}`)
  throw new Error(`the canary of ${service.name} was taken back: ${because}`)
}

const annotate = (revision: string, namespace: string, annotation: string) =>
  kubectl(['annotate', 'revision', revision, '--namespace', namespace, '--overwrite', annotation])

await program(
  canary,
  `The requests stay divided as they are. The same command goes on; make rollback FUNCTION=${name} goes back.`,
)
