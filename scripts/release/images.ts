import { CommandError, get, isInstalled, run } from '../cluster/command.ts'
import { list, text } from '../manifests/json.ts'
import { Refusal } from './program.ts'

/** Knative looks these up nowhere: their images are put into the nodes by hand. */
const sideLoaded = ['dev.local', 'kind.local', 'ko.local']

export const isSideLoaded = (image: string) => sideLoaded.some(registry => image.startsWith(`${registry}/`))

async function nodes() {
  return list(await get('nodes'), 'items').map(node => ({
    name: text(node, 'metadata', 'name') ?? '',
    images: list(node, 'status', 'images').flatMap(image => list(image, 'names')),
  }))
}

/** The name that kind made its first node's from. */
const kindCluster = async () => (await nodes())[0]?.name.replace(/-control-plane$/, '') ?? ''

/** A node reports only some of its images; a kind node is a container here and can be asked for all of them. */
async function isOnEveryNode(image: string): Promise<boolean> {
  for (const node of await nodes()) {
    if (node.images.includes(image)) continue
    const stored = await run('docker', [
      'exec',
      node.name,
      'ctr',
      '--namespace',
      'k8s.io',
      'images',
      'list',
      '--quiet',
    ]).catch(() => '')
    if (!stored.split('\n').includes(image)) return false
  }
  return true
}

/** What the registry says instead of showing the image: that there is none, or that nobody has logged in. */
const registryFault = (image: string): Promise<string | undefined> =>
  run(
    'docker',
    ['manifest', 'inspect', image.startsWith('localhost:') ? '--insecure' : '', image].filter(Boolean),
  ).then(
    () => undefined,
    error => (error instanceof CommandError ? error.output.trim() : String(error)),
  )

/** Why the cluster will not find the image where it looks for it; undefined when it will. */
async function faultOf(image: string): Promise<string | undefined> {
  if (isSideLoaded(image)) return (await isOnEveryNode(image)) ? undefined : 'is not on every node'
  const fault = await registryFault(image)
  return fault && `is not in its registry (${fault})`
}

export const isThere = async (image: string) => (await faultOf(image)) === undefined

/** Each image is where the cluster will look for it. */
export async function requireImages(images: readonly string[]): Promise<void> {
  for (const image of new Set(images)) {
    if (!/:[\w.-]+$|@sha256:[\da-f]{64}$/.test(image) || image.endsWith(':latest'))
      throw new Refusal(
        `${image} needs a tag other than latest, or a digest: a revision must keep its content.`,
      )
    const fault = await faultOf(image)
    if (fault === undefined) continue
    throw new Refusal(
      isSideLoaded(image)
        ? `the image ${image} ${fault}. Build it with kind/build-images.sh, and bring it there: kind load docker-image --name ${await kindCluster()} ${image}`
        : `the image ${image} ${fault}. \`make deploy\` builds and delivers the images of a commit.`,
    )
  }
}

/**
 * Puts the images where the cluster will look for them: into the nodes of a kind cluster, or into the registry. One that
 * is there stays as it is: built anew it has other bytes, and a tag that staging has run must keep meaning the same.
 */
export async function deliver(images: readonly string[]): Promise<void> {
  const missing: string[] = []
  for (const image of images) {
    if (await isThere(image)) continue
    if (isSideLoaded(image)) missing.push(image)
    else await run('docker', ['push', '--quiet', image])
  }
  if (missing.length === 0) return
  await run('kind', ['load', 'docker-image', '--name', await kindCluster(), ...missing])
}

/** Before anything is built: delivering will be possible. */
export async function requireDelivery(registry: string): Promise<void> {
  if (!isInstalled('docker')) throw new Refusal('docker is needed to build images and is not on PATH.')
  if (!isSideLoaded(`${registry}/`)) return
  const name = (await nodes())[0]?.name ?? ''
  const isKind = await run('docker', ['inspect', '--format', '{{.Id}}', name]).then(
    () => isInstalled('kind'),
    () => false,
  )
  if (!isKind)
    throw new Refusal(
      `${registry} means images loaded into a kind cluster, and this is none. Name a registry: REGISTRY=ghcr.io/OWNER.`,
    )
}
