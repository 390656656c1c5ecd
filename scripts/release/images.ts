import { UsageError } from '../cli/options.ts'
import { CommandError, isInstalled, requireTools, run, succeeds } from '../cluster/command.ts'
import { getItems, nameOf } from '../cluster/kubectl.ts'
import { list } from '../manifests/json.ts'

/** Knative resolves these at no registry: their images are loaded into the nodes. */
const sideLoaded = ['dev.local', 'kind.local', 'ko.local']

export const isSideLoaded = (image: string) => sideLoaded.some(registry => image.startsWith(`${registry}/`))

/** kind names its first node after the cluster. */
const kindCluster = async () => nameOf((await getItems`nodes`)[0]).replace(/-control-plane$/, '')

/** A node reports some of its images only; a kind node is a container here and knows all of them. */
async function isOnEveryNode(image: string): Promise<boolean> {
  for (const node of await getItems`nodes`) {
    if (list(node, 'status', 'images').some(one => list(one, 'names').includes(image))) continue
    const stored = await run`docker exec ${nameOf(node)} ctr --namespace k8s.io images list --quiet`.catch(
      () => '',
    )
    if (!stored.split('\n').includes(image)) return false
  }
  return true
}

/** The registry's answer when it does not show the image: unknown, or access denied. */
async function registryFault(image: string): Promise<string | undefined> {
  const insecure = image.startsWith('localhost:') ? ['--insecure'] : []
  try {
    await run`docker manifest inspect ${insecure} ${image}`
    return undefined
  } catch (error) {
    return error instanceof CommandError ? error.output.trim() : String(error)
  }
}

/** Why the cluster will not find the image; undefined when it will. */
async function faultOf(image: string): Promise<string | undefined> {
  if (isSideLoaded(image)) return (await isOnEveryNode(image)) ? undefined : 'is not on every node'
  const fault = await registryFault(image)
  return fault && `is not in its registry (${fault})`
}

export const isAvailable = async (image: string) => (await faultOf(image)) === undefined

/** Rejects images that the cluster will not find, and names that may change their content. */
export async function requireImages(images: readonly string[]): Promise<void> {
  for (const image of new Set(images)) {
    if (!/:[\w.-]+$|@sha256:[\da-f]{64}$/.test(image) || image.endsWith(':latest'))
      throw new UsageError(
        `${image} needs a tag other than latest, or a digest: a revision must keep its content.`,
      )
    const fault = await faultOf(image)
    if (fault === undefined) continue
    throw new UsageError(
      isSideLoaded(image)
        ? `the image ${image} ${fault}. Build it with kind/build-images.sh and load it: kind load docker-image --name ${await kindCluster()} ${image}`
        : `the image ${image} ${fault}. \`make deploy\` builds and delivers the images of a commit.`,
    )
  }
}

/**
 * Loads the images into the nodes of a kind cluster, or pushes them. An existing image stays: a rebuilt one has other
 * bytes, and a tag that staging has run must keep its content.
 */
export async function deliver(images: readonly string[]): Promise<void> {
  const missing: string[] = []
  for (const image of images) if (!(await isAvailable(image))) missing.push(image)
  const local = missing.filter(isSideLoaded)
  if (local.length > 0) await run`kind load docker-image --name ${await kindCluster()} ${local}`
  for (const image of missing) if (!isSideLoaded(image)) await run`docker push --quiet ${image}`
}

/** Rejects, before anything is built, what could not be delivered. */
export async function requireDelivery(registry: string): Promise<void> {
  requireTools(['docker'])
  if (!isSideLoaded(`${registry}/`)) return
  const node = nameOf((await getItems`nodes`)[0])
  if (isInstalled('kind') && (await succeeds`docker inspect --format {{.Id}} ${node}`)) return
  throw new UsageError(
    `${registry} stands for images loaded into a kind cluster, and this is none. Name a registry: REGISTRY=ghcr.io/OWNER.`,
  )
}
