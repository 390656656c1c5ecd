import { stringify } from 'yaml'
import { at, isRecord, type Json, text } from '../manifests/json.ts'
import { type EnvironmentName, renderOverlay } from '../release/overlay.ts'
import type { Digests } from './images.ts'

export interface Installation {
  readonly environment: EnvironmentName
  readonly registry: string
  readonly version: string
  readonly digests: Digests
}

/** Returns everything that an environment consists of, but its Secrets, as one file for `kubectl apply`. */
export async function installationFile(options: Installation): Promise<string> {
  const { environment, registry, version, digests } = options
  const objects = await renderOverlay({ overlay: environment, registry, tag: version, digests })
  // kubectl reads YAML 1.1, where a plain `no` is a boolean.
  const documents = objects.map(object => stringify(withVersion(object, version), { version: '1.1' }))
  return `# IOD Functions ${version}, ${environment}. INSTALL.md says how to install and how to update.\n${documents.join('---\n')}`
}

/** A Job never changes, so that of each version has its own name: the next version's runs beside it. */
function withVersion(object: Json, version: string): Json {
  const metadata = at(object, 'metadata')
  if (text(object, 'kind') !== 'Job' || !isRecord(metadata)) return object
  return { ...(isRecord(object) && object), metadata: { ...metadata, name: jobName(version) } }
}

const jobName = (version: string) => `migrate-${version.replaceAll('.', '-').toLowerCase()}`
