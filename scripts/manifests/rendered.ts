// Every overlay as Kustomize makes it, kept in knative/rendered: `make render` writes it, the tests check it, a review
// sees what a change does to each environment, and neither needs kubectl.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../cluster/command.ts'
import { renderOverlay } from '../release/overlay.ts'
import type { Json } from './json.ts'

export const renderedFolder = join(root, 'knative/rendered')

/** Every overlay, also those that only show how to combine the components. */
export const overlays = readdirSync(join(root, 'knative/overlays')).sort()

/** The images of no release: their names and tags are checked, and never pulled. */
export const render = (overlay: string): Promise<readonly Json[]> =>
  renderOverlay({ overlay, registry: 'registry.example.test', tag: 'release' })

/** Changes with anything that a rendering depends on. */
export function sourcesFingerprint(): string {
  const hash = createHash('sha256')
  const files = readdirSync(join(root, 'knative'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !entry.parentPath.startsWith(renderedFolder))
    .map(entry => join(entry.parentPath, entry.name))
  for (const file of [...files.sort(), join(root, 'kind/versions.env')]) {
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}
