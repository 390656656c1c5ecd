// Builds, delivers, migrates and rolls out: make deploy. Safe to run again at any point.
//   ENVIRONMENT   kind (default), phase1, phase2, phase3, staging, production, behind-ingress, behind-gateway
//   REGISTRY      what stands before /iod-posts in the images' names (dev.local: into a kind cluster's nodes)
//   TAG           images that are already delivered, instead of building this checkout
//   HOST          the host, except of kind and the phases, which have one of their own
import { join } from 'node:path'
import { root, run } from '../cluster/command.ts'
import { nodeAddresses } from '../cluster/published-port.ts'
import { text } from '../manifests/json.ts'
import { check } from './checks.ts'
import { publicUrlOf } from './gateway.ts'
import { deliver, requireDelivery, requireImages } from './images.ts'
import { migrate } from './migration.ts'
import { functions, imageName, renderOverlay } from './overlay.ts'
import { given, program, Refusal, say, sayPlan } from './program.ts'
import { makeSecrets, requireSecrets } from './secrets.ts'
import { applyAndWait, applyFunction, applyHost, applySettings, functionsOf } from './steps.ts'
import { chosenTarget, requireCluster } from './target.ts'

/** A name under localhost, as the overlay has it. */
const hasOwnHost = (environment: string) => environment === 'kind' || environment.startsWith('phase')

const parts = ['migrate', ...functions] as const

async function deploy(): Promise<void> {
  const target = chosenTarget()
  const { environment, namespace } = target
  const registry = given('REGISTRY') ?? 'dev.local'
  const host = given('HOST')
  if (host === undefined && !hasOwnHost(environment))
    throw new Refusal(`${environment} needs the host that it answers to: HOST=api.your.domain.`)
  await requireCluster()
  const newSecrets = await requireSecrets(target)

  const isBuilt = given('TAG') !== undefined
  const tag = given('TAG') ?? (await imageTag('--tag'))
  const images = parts.map(part => imageName(registry, part, tag))
  await (isBuilt ? requireImages(images) : requireDelivery(registry))
  const addresses = environment === 'phase1' ? await nodeAddresses() : []
  const publicUrl = host === undefined ? await publicUrlOf(environment, target.objects) : `https://${host}`
  const objects = await renderOverlay({
    overlay: environment,
    registry,
    tag,
    addresses,
    ...(host && { host }),
    ...(publicUrl && { publicUrl }),
  })

  sayPlan(`Deploy ${tag} to ${environment}, namespace ${namespace}:`, [
    ...(isBuilt ? [] : [`build ${images.join(' ')}`, 'deliver those that are not there yet']),
    `apply the settings${newSecrets.values || newSecrets.certificate ? ' and make the Secrets' : ''}; Postgres, Redis and PgBouncer where they are ours`,
    'migrate the database',
    `kn service apply ${functions.join(', ')}: requests move when the new revision is ready`,
    'apply the host and the monitoring, then check from outside',
  ])

  if (!isBuilt) {
    await imageTag()
    say('images: built')
    await deliver(images)
    say('images: delivered')
  }
  await applySettings(objects)
  await makeSecrets(target, newSecrets)
  await applyAndWait(objects, 'data', namespace)
  say('settings and data: ready')
  await migrate(objects, namespace, imageName(registry, 'migrate', tag))
  say('database: current')
  for (const service of functionsOf(objects)) {
    say(`${text(service, 'metadata', 'name')}: ${await applyFunction(service, namespace)}`)
  }
  await applyHost(objects, namespace)
  await applyAndWait(objects, 'monitoring', namespace)
  say('host and monitoring: ready')
  await check(environment, objects, say)
}

/** Builds the images of this checkout, unless only asked for their tag. */
async function imageTag(...flags: readonly string[]): Promise<string> {
  const registry = given('REGISTRY') ?? 'dev.local'
  const written = await run(join(root, 'kind/build-images.sh'), flags, {
    environment: { REGISTRY: registry },
  })
  return written.trim()
}

await program(deploy, 'What was applied stays, and the same command goes on from there.')
