// Gives a new image a share of the requests, compares it with the old one, and continues or goes back by itself.
//   make canary FUNCTION=posts IMAGE=ghcr.io/OWNER/iod-posts:TAG PERCENT=10
//   WATCH_SECONDS     at least this long at each share (60)
//   PATIENCE_SECONDS  back after this long at a share without enough requests for a verdict (600)
//   SLOW_MS           a p99 below this is never too slow (30)
//   COSIGN_PUBLIC_KEY a file: both images must have a signature of its key
//   MIGRATE_IMAGE     the migrations that belong to the image (iod-migrate with the same tag)
import { log, printPlan, runCli } from '../cli/cli.ts'
import {
  numberBetween,
  type Options,
  required,
  text,
  UsageError,
  wholeNumberBetween,
} from '../cli/options.ts'
import { openApi } from '../cluster/tunnels.ts'
import { requireImages } from './images.ts'
import { requireCurrentSchema } from './migration.ts'
import {
  ChangedError,
  latest,
  markRejected,
  readService,
  requireGeneration,
  requireServing,
  type Share,
  setTraffic,
  untilReady,
} from './revisions.ts'
import { requireSignatures } from './signatures.ts'
import { clusterOptions, FUNCTION, requireCluster, targetOf } from './target.ts'
import { canarySteps, planCanary } from './traffic.ts'
import { limits } from './verdict.ts'
import { watch } from './watch.ts'

const optionSchemas = {
  ...clusterOptions,
  FUNCTION,
  IMAGE: required(': the new image of the function'),
  PERCENT: wholeNumberBetween(1, 99, 10),
  WATCH_SECONDS: numberBetween(1, 86_400, 60),
  PATIENCE_SECONDS: numberBetween(1, 86_400, 600),
  SLOW_MS: numberBetween(1, 60_000, limits.slowMs),
  MIGRATE_IMAGE: text,
  COSIGN_PUBLIC_KEY: text,
}

/** The image of the same release, which has the same tag; a digest is another one for each image. */
function migrationsOf(image: string, name: string): string {
  const migrations = image.replace(`/iod-${name}:`, '/iod-migrate:')
  if (migrations !== image && !image.includes('@')) return migrations
  throw new UsageError(
    `${image} is not named …/iod-${name}:TAG, so name the image of its migrations too: MIGRATE_IMAGE=….`,
  )
}

async function canary(options: Options<typeof optionSchemas>): Promise<void> {
  const target = targetOf(options.ENVIRONMENT)
  const { namespace } = target
  const { FUNCTION: name, IMAGE: image, PERCENT: first, SLOW_MS: slowMs } = options
  const watchMs = options.WATCH_SECONDS * 1_000
  const patienceMs = options.PATIENCE_SECONDS * 1_000
  await requireCluster(options.ENVIRONMENT)
  const service = await readService(name, namespace)
  const plan = planCanary(service, image)
  requireServing(service)
  const migrations = options.MIGRATE_IMAGE ?? migrationsOf(image, name)
  await requireImages([image, migrations])
  await requireSignatures([image, migrations], options.COSIGN_PUBLIC_KEY)
  const api = await openApi()
  await requireCurrentSchema(api, target, migrations)

  const { stable } = plan
  const steps = canarySteps(Math.max(first, plan.percent))
  printPlan(`Canary of ${name} in ${namespace}: ${image}`, [
    plan.candidate === undefined
      ? 'create a revision that receives no requests'
      : `continue with ${plan.candidate}`,
    `give it ${steps.join(', then ')} % of the requests, the rest stays with ${stable}`,
    `at each share compare both for ${watchMs / 1_000} s and ${limits.minRequests} requests, as queue-proxy counts them`,
    `go back when ${limits.maxErrorIncrease * 100} % more requests fail, or the p99 is above ${slowMs} ms and ${limits.maxSlowdown} times the old one`,
  ])

  let { generation } = service
  const change = async (shares: readonly Share[], newImage?: string) => {
    await requireGeneration(api, service, generation)
    generation = await setTraffic(api, service, shares, newImage)
  }
  // A revision that another run has created may be starting still.
  if (plan.candidate !== undefined) await untilReady(api, service)
  else await change([{ revision: stable, percent: 100 }], image)
  const { latestReady: candidate, revisions } = await readService(name, namespace)
  if (revisions[0]?.name !== candidate || revisions[0].image !== image)
    throw new ChangedError(
      `another command has given ${name} another revision: make history FUNCTION=${name}.`,
    )
  log(`${candidate}: ready`)
  for (const percent of steps) {
    await change([
      { revision: stable, percent: 100 - percent },
      { revision: candidate, percent },
    ])
    log(`${candidate}: ${percent} % of the requests`)
    const verdict = await watch(api, service, { stable, candidate, generation, watchMs, patienceMs, slowMs })
    if (verdict.kind === 'good') continue
    await change([{ revision: stable, percent: 100 }])
    log(`back: ${stable} receives all requests, because ${verdict.because}`)
    await markRejected(candidate, namespace, verdict.because)
    throw new Error(`the canary of ${name} was rejected: ${verdict.because}`)
  }
  await change([{ revision: latest, percent: 100 }])
  await markRejected(candidate, namespace)
  log(`${candidate} receives all requests. make rollback FUNCTION=${name} returns to ${stable}.`)
}

await runCli(
  optionSchemas,
  canary,
  `The shares stay as they are. The same command continues; make rollback FUNCTION=${process.env['FUNCTION']} goes back.`,
)
