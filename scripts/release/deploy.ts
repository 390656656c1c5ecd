// Builds, delivers, migrates and rolls out: make deploy, and the last part of make up. Safe to run again at any point.
//   ENVIRONMENT   kind (default), phase1, phase2, phase3, staging, production, production-in-cluster, behind-ingress,
//                 behind-gateway
//   REGISTRY      prefix of the images' names (dev.local: loaded into the nodes of a kind cluster)
//   TAG           delivered images, instead of a build of this checkout
//   COSIGN_PUBLIC_KEY  a file: delivered images must have a signature of its key
//   FAST_START    yes: the functions run in crun (docs/wake-up.md)
//   NEIGHBOURS    yes: the first request at one function wakes the others (docs/wake-up.md)
//   TOGETHER      yes: one Knative Service with every function in one process (docs/wake-up.md)
//   HOST          the host, except of kind and the phases, which have their own
import * as v from 'valibot'
import { log, printPlan, runCli } from '../cli/cli.ts'
import { type Options, parseOptions, text, textOr, UsageError, yesOrNo } from '../cli/options.ts'
import { run } from '../cluster/command.ts'
import { kubectl, nameOf } from '../cluster/kubectl.ts'
import { openApi } from '../cluster/tunnels.ts'
import { isFunction } from '../manifests/rules.ts'
import { unreadSettings } from '../manifests/unread-settings.ts'
import { check } from './checks.ts'
import { choosesFastStart } from './fast-start.ts'
import { nodeAddresses, publicUrlOf } from './gateway.ts'
import { deliver, requireDelivery, requireImages } from './images.ts'
import { migrate } from './migration.ts'
import { type EnvironmentName, imageName, imageParts, renderOverlay } from './overlay.ts'
import { makeSecrets, requireSecrets } from './secrets.ts'
import { requireSignatures } from './signatures.ts'
import {
  applyAndWait,
  applyFunctions,
  applyHost,
  applySettings,
  removeReplaced,
  untilPlatformReady,
} from './steps.ts'
import { clusterOptions, isPhase, requireCluster, targetOf } from './target.ts'
import { withUserHashes } from './user-lists.ts'

/** As the gateway compares it. */
const hostName = v.pipe(
  v.string(),
  v.regex(
    /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*(:\d{1,5})?$/,
    ({ input }) => `is a name in small letters such as api.your.domain, not ${input}`,
  ),
)

const optionSchemas = {
  ...clusterOptions,
  REGISTRY: textOr('dev.local'),
  TAG: text,
  COSIGN_PUBLIC_KEY: text,
  FAST_START: yesOrNo,
  NEIGHBOURS: yesOrNo,
  TOGETHER: yesOrNo,
  HOST: text,
  // `make up` keeps the values of its Secrets in a file, as the database keeps the passwords that it was created with.
  SECRETS_FILE: text,
}

/** Returns HOST; undefined for an environment that has its own. */
function requestedHost(environment: EnvironmentName): string | undefined {
  if (environment === 'kind' || isPhase(environment)) {
    // Some shells export the name of the machine as HOST: what counts is the command line.
    if (process.argv.includes('HOST'))
      throw new UsageError(`${environment} has its own host: leave HOST out.`)
    return undefined
  }
  const { HOST } = parseOptions({ HOST: v.optional(hostName) })
  if (HOST !== undefined) return HOST
  throw new UsageError(`${environment} needs the host that it serves: HOST=api.your.domain.`)
}

async function deploy(options: Options<typeof optionSchemas>): Promise<void> {
  const {
    ENVIRONMENT: environment,
    REGISTRY: registry,
    NEIGHBOURS: wakesNeighbours,
    TOGETHER: isTogether,
    SECRETS_FILE: secretsFile,
  } = options
  const host = requestedHost(environment)
  if (isTogether && wakesNeighbours)
    throw new UsageError('NEIGHBOURS wakes functions that TOGETHER puts into one process: choose one.')
  const target = targetOf(environment)
  const { namespace } = target
  await requireCluster(environment)
  const makesSecrets = secretsFile === undefined && (await requireSecrets(target))

  const isBuilt = options.TAG !== undefined
  const tag = options.TAG ?? (await run`kind/build-images.sh --tag`).trim()
  const images = imageParts.map(part => imageName(registry, part, tag))
  await (isBuilt ? requireImages(images) : requireDelivery(registry))
  if (isBuilt) await requireSignatures(images, options.COSIGN_PUBLIC_KEY)
  const addresses = environment === 'phase1' ? await nodeAddresses() : []
  const publicUrl = host === undefined ? await publicUrlOf(environment, target.objects) : `https://${host}`
  const isFast = await choosesFastStart(target, options.FAST_START)
  const objects = await renderOverlay({
    overlay: environment,
    registry,
    tag,
    addresses,
    components: [
      ...(isFast ? ['fast-start'] : []),
      ...(wakesNeighbours ? ['neighbours'] : []),
      ...(isTogether ? ['together'] : []),
    ],
    ...(host && { host }),
    ...(publicUrl && { publicUrl }),
  })
  const unread = unreadSettings(objects)
  if (unread.length > 0)
    throw new UsageError(
      `no function reads ${unread.join(', ')} of the ConfigMap functions: README.md lists the variables.`,
    )

  printPlan(`Deploy ${tag} to ${environment}, namespace ${namespace}:`, [
    ...(isBuilt ? [] : [`build ${images.join(' ')}`, 'deliver the missing ones']),
    `apply the settings${makesSecrets || secretsFile !== undefined ? ' and the Secrets' : ''}; Postgres, Redis and PgBouncer where they are ours`,
    'migrate the database',
    `apply ${objects.filter(isFunction).map(nameOf).join(', ')}: requests move when the new revision is ready${isFast ? ', in crun' : ''}${wakesNeighbours ? '; each wakes the others' : ''}`,
    'apply the host and the monitoring, then check from outside',
  ])

  if (!isBuilt) {
    await run`kind/build-images.sh`
    log('images: built')
    await deliver(images)
    log('images: delivered')
  }
  const api = await openApi()
  await applySettings(objects)
  if (secretsFile !== undefined) await kubectl`apply --server-side --filename ${secretsFile}`
  else if (makesSecrets) await makeSecrets(target)
  await applyAndWait(await withUserHashes(objects, namespace), 'data', namespace)
  log('settings and data: ready')
  await migrate(api, { objects, namespace }, imageName(registry, 'migrate', tag))
  log('database: current')
  await untilPlatformReady()
  log('Knative and Kourier: ready')
  for await (const line of applyFunctions(api, objects, namespace)) log(line)
  await applyHost(objects, namespace)
  for (const line of await removeReplaced(objects, namespace)) log(line)
  await applyAndWait(objects, 'monitoring', namespace)
  log('host and monitoring: ready')
  await check({ environment, namespace, objects })
}

await runCli(optionSchemas, deploy, 'What was applied stays, and the same command continues from there.')
