import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kindOf, toYaml } from '../cluster/kubectl.ts'
import { type Json, merged } from '../manifests/json.ts'
import { type EnvironmentName, environments, renderOverlay } from '../release/overlay.ts'
import type { Digests } from './images.ts'

/** `make up` and `make compose` serve one machine, from a checkout. */
export const installable = environments.filter(environment => environment !== 'kind')

interface Release {
  readonly registry: string
  readonly version: string
  readonly digests: Digests
}

/** Writes the file of each environment in both forms, and `images.txt`: the names of all images of ours in them. */
export async function writeInstallations(
  folder: string,
  { registry, version, digests }: Release,
  written: readonly EnvironmentName[] = installable,
): Promise<void> {
  const images = new Set<string>()
  for (const environment of written)
    for (const isTogether of [false, true]) {
      const components = isTogether ? ['together'] : []
      const options = { overlay: environment, registry, tag: version, digests, components }
      const objects = (await renderOverlay(options)).map(object => withVersion(object, version))
      for (const object of objects) for (const image of ownImagesIn(object, registry)) images.add(image)
      const name = `iod-${environment}${isTogether ? '-together' : ''}.yaml`
      writeFileSync(join(folder, name), installationFile(objects, `${version}, ${environment}`))
    }
  writeFileSync(join(folder, 'images.txt'), `${[...images].sort().join('\n')}\n`)
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
const withVersion = (object: Json, version: string): Json =>
  kindOf(object) === 'Job' ? merged(object, { metadata: { name: jobName(version) } }) : object

const jobName = (version: string) => `migrate-${version.replaceAll('.', '-').toLowerCase()}`
