import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toYaml } from '../cluster/kubectl.ts'
import { at, isRecord, type Json, text } from '../manifests/json.ts'
import { type EnvironmentName, environments, renderOverlay } from '../release/overlay.ts'
import type { Digests } from './images.ts'

/** `make up` and `make compose` serve one machine, from a checkout. */
export const installable = environments.filter(environment => environment !== 'kind')

interface Release {
  readonly registry: string
  readonly version: string
  readonly digests: Digests
}

interface Installation extends Release {
  readonly environment: EnvironmentName
  /** One Knative Service has all functions. */
  readonly isTogether: boolean
}

/** Writes the file of each environment in both forms, and `images.txt`: the names of all images of ours in them. */
export async function writeInstallations(
  folder: string,
  release: Release,
  written: readonly EnvironmentName[] = installable,
): Promise<void> {
  const images = new Set<string>()
  for (const environment of written)
    for (const isTogether of [false, true]) {
      const objects = await installationObjects({ ...release, environment, isTogether })
      for (const object of objects)
        for (const image of ownImagesIn(object, release.registry)) images.add(image)
      const name = `iod-${environment}${isTogether ? '-together' : ''}.yaml`
      writeFileSync(join(folder, name), installationFile(objects, `${release.version}, ${environment}`))
    }
  writeFileSync(join(folder, 'images.txt'), `${[...images].sort().join('\n')}\n`)
}

/** Returns everything that an environment consists of, but its Secrets. */
async function installationObjects(options: Installation): Promise<readonly Json[]> {
  const { environment, registry, version, digests, isTogether } = options
  const components = isTogether ? ['together'] : []
  const objects = await renderOverlay({ overlay: environment, registry, tag: version, digests, components })
  return objects.map(object => withVersion(object, version))
}

/** One file for `kubectl apply`. */
const installationFile = (objects: readonly Json[], title: string) =>
  `# IOD Functions ${title}. INSTALL.md says how to install and how to update.\n${toYaml(objects)}`

/** Returns the names of this product's images wherever the objects have them. */
function ownImagesIn(value: Json, registry: string): readonly string[] {
  if (typeof value === 'string') return value.startsWith(`${registry}/iod-`) ? [value] : []
  if (value === null || typeof value !== 'object') return []
  return Object.values(value).flatMap(inner => ownImagesIn(inner, registry))
}

/** A Job never changes, so that of each version has its own name: the next version's runs beside it. */
function withVersion(object: Json, version: string): Json {
  const metadata = at(object, 'metadata')
  if (text(object, 'kind') !== 'Job' || !isRecord(metadata)) return object
  return { ...(isRecord(object) && object), metadata: { ...metadata, name: jobName(version) } }
}

const jobName = (version: string) => `migrate-${version.replaceAll('.', '-').toLowerCase()}`
