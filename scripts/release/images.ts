import { get, isInstalled, run } from '../cluster/command.ts'
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

const isInRegistry = (image: string) =>
  run(
    'docker',
    ['manifest', 'inspect', image.startsWith('localhost:') ? '--insecure' : '', image].filter(Boolean),
  ).then(
    () => true,
    () => false,
  )

export const isThere = (image: string) => (isSideLoaded(image) ? isOnEveryNode(image) : isInRegistry(image))

/** Each image is where the cluster will look for it. */
export async function requireImages(images: readonly string[]): Promise<void> {
  for (const image of new Set(images)) {
    if (!/:[\w.-]+$|@sha256:[\da-f]{64}$/.test(image) || image.endsWith(':latest'))
      throw new Refusal(
        `${image} needs a tag other than latest, or a digest: a revision must keep its content.`,
      )
    if (await isThere(image)) continue
    throw new Refusal(
      isSideLoaded(image)
        ? `the image ${image} is not on every node. Build it with kind/build-images.sh, and bring it there: kind load docker-image --name ${await kindCluster()} ${image}`
        : `the image ${image} is not in its registry. \`make deploy\` builds and delivers the images of a commit.`,
    )
  }
}

/** Puts the images where the cluster will look for them: into the nodes of a kind cluster, or into the registry. */
export async function deliver(images: readonly string[]): Promise<void> {
  for (const image of images) {
    if (!isSideLoaded(image)) await run('docker', ['push', '--quiet', image])
  }
  const missing: string[] = []
  for (const image of images.filter(isSideLoaded)) if (!(await isOnEveryNode(image))) missing.push(image)
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
