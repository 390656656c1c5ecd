// Gives a new image a share of the requests, compares it with the old one, and continues or goes back by itself.
//   make canary FUNCTION=posts IMAGE=ghcr.io/OWNER/iod-posts:TAG PERCENT=10
//   WATCH_SECONDS     at least this long at each share (60)
//   PATIENCE_SECONDS  back after this long at a share without enough requests for a verdict (600)
//   SLOW_MS           a p99 below this is never too slow (30)
//   MIGRATE_IMAGE     the migrations that belong to the image (iod-migrate with the same tag)
import { setTimeout as sleep } from 'node:timers/promises'
import { log, printPlan, runCli } from '../cli/cli.ts'
import { numberBetween, type Options, required, text } from '../cli/options.ts'
import { createMeter } from '../cluster/queue-proxy.ts'
import { type Api, openApi } from '../cluster/tunnels.ts'
import { list } from '../manifests/json.ts'
import { requireImages } from './images.ts'
import { requireCurrentSchema } from './migration.ts'
import {
  type FunctionService,
  latest,
  markRejected,
  readService,
  requireReady,
  setTraffic,
} from './revisions.ts'
import { clusterOptions, FUNCTION, requireCluster, targetOf } from './target.ts'
import { canarySteps, planCanary } from './traffic.ts'
import { defaultLimits, describe, judge, type Verdict } from './verdict.ts'

/** New pods start after each change of the shares; their durations count from this moment on. */
const settlingMs = 10_000
const pollMs = 2_000

const optionSchemas = {
  ...clusterOptions,
  FUNCTION,
  IMAGE: required(': the new image of the function'),
  PERCENT: numberBetween(1, 99, 10),
  WATCH_SECONDS: numberBetween(1, 86_400, 60),
  PATIENCE_SECONDS: numberBetween(1, 86_400, 600),
  SLOW_MS: numberBetween(1, 60_000, defaultLimits.slowMs),
  MIGRATE_IMAGE: text,
}

async function canary(options: Options<typeof optionSchemas>): Promise<void> {
  const target = targetOf(options.ENVIRONMENT)
  const { namespace } = target
  const { FUNCTION: name, IMAGE: image, PERCENT: first, SLOW_MS: slowMs } = options
  const watchMs = options.WATCH_SECONDS * 1_000
  const patienceMs = options.PATIENCE_SECONDS * 1_000
  await requireCluster()
  const service = await readService(name, namespace)
  const plan = planCanary(service, image)
  if (plan.candidate === undefined) requireReady(service)
  const migrations = options.MIGRATE_IMAGE ?? image.replace(`/iod-${name}:`, '/iod-migrate:')
  await requireImages([image, migrations])
  const api = await openApi()
  await requireCurrentSchema(api, target, migrations)

  const { stable } = plan
  const steps = canarySteps(Math.max(first, plan.percent))
  printPlan(`Canary of ${name} in ${namespace}: ${image}`, [
    plan.candidate === undefined
      ? 'create a revision that receives no requests'
      : `continue with ${plan.candidate}`,
    `give it ${steps.join(', then ')} % of the requests, the rest stays with ${stable}`,
    `at each share compare both for ${watchMs / 1_000} s and ${defaultLimits.minRequests} requests, as queue-proxy counts them`,
    `go back when ${defaultLimits.maxErrorIncrease * 100} % more requests fail, or the p99 is above ${slowMs} ms and ${defaultLimits.maxSlowdown} times the old one`,
  ])

  const candidate = plan.candidate ?? (await createRevision(api, service, stable, image))
  for (const percent of steps) {
    await setTraffic(api, service, [
      { revision: stable, percent: 100 - percent },
      { revision: candidate, percent },
    ])
    log(`${candidate}: ${percent} % of the requests`)
    const verdict = await watch(api, service, { stable, candidate, watchMs, patienceMs, slowMs })
    if (verdict.kind === 'good') continue
    await setTraffic(api, service, [{ revision: stable, percent: 100 }])
    log(`back: ${stable} receives all requests, because ${verdict.because}`)
    await markRejected(candidate, namespace, verdict.because)
    throw new Error(`the canary of ${name} was rejected: ${verdict.because}`)
  }
  await setTraffic(api, service, [{ revision: latest, percent: 100 }])
  await markRejected(candidate, namespace)
  log(`${candidate} receives all requests. make rollback FUNCTION=${name} returns to ${stable}.`)
}

/** Creates a ready revision of the image that receives no requests. */
async function createRevision(
  api: Api,
  service: FunctionService,
  stable: string,
  image: string,
): Promise<string> {
  await setTraffic(api, service, [{ revision: stable, percent: 100 }], image)
  const { latestReady } = await readService(service.name, service.namespace)
  log(`${latestReady}: ready`)
  return latestReady
}

interface Watched {
  readonly stable: string
  readonly candidate: string
  readonly watchMs: number
  readonly patienceMs: number
  readonly slowMs: number
}

async function watch(
  api: Api,
  { name, namespace }: FunctionService,
  { stable, candidate, watchMs, patienceMs, slowMs }: Watched,
): Promise<Exclude<Verdict, { kind: 'undecided' }>> {
  const meter = createMeter(api, namespace)
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=serving.knative.dev%2Fservice%3D${name}`
  const startMs = performance.now()
  const elapsedMs = () => performance.now() - startMs
  const both = (sinceMs?: number) => ({
    stable: meter.of(stable, sinceMs),
    candidate: meter.of(candidate, sinceMs),
  })
  let loggedMs = 0
  while (elapsedMs() < patienceMs) {
    await meter.read(list(await api.json(path), 'items'))
    const settled = both(startMs + settlingMs)
    const verdict = judge({ ...both(), settled }, { ...defaultLimits, slowMs })
    const isFinal = verdict.kind === 'bad' || (verdict.kind === 'good' && elapsedMs() >= watchMs)
    if (isFinal || elapsedMs() - loggedMs >= 10_000) {
      loggedMs = elapsedMs()
      const shown = settled.candidate.count > 0 ? settled : both()
      log(`  stable:    ${describe(shown.stable)}`)
      log(`  candidate: ${describe(shown.candidate)}`)
    }
    if (isFinal) return verdict
    await sleep(pollMs)
  }
  const because = `too few requests came for a verdict in ${patienceMs / 1_000} s`
  return { kind: 'bad', because }
}

await runCli(
  optionSchemas,
  canary,
  `The shares stay as they are. The same command continues; make rollback FUNCTION=${process.env['FUNCTION']} goes back.`,
)
