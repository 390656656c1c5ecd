import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireTools, root } from '../cluster/command.ts'
import { fromYaml } from '../cluster/kubectl.ts'
import { renderOverlay } from '../release/overlay.ts'
import type { Json } from './json.ts'

export const manifestsFolder = join(root, 'knative')
const renderedFolder = join(manifestsFolder, 'rendered')

export const overlays = readdirSync(join(manifestsFolder, 'overlays')).sort()

/** Those that the repository keeps as Kustomize renders them, so that a review sees what a change does. */
export const keptOverlays = ['kind', 'production']

/** With the images of no release: their names and tags are checked, and never pulled. */
export const render = (overlay: string): Promise<readonly Json[]> =>
  renderOverlay({ overlay, registry: 'registry.example.test', tag: 'release' })

export const renderedFile = (overlay: string) => join(renderedFolder, `${overlay}.yaml`)
export const fingerprintFile = join(renderedFolder, 'sources.sha256')

export const readRendered = (overlay: string): readonly Json[] =>
  fromYaml(readFileSync(renderedFile(overlay), 'utf8'))

/** Returns the overlay's objects, with placeholders for images; where its rendering is kept, without kubectl. */
export function readOverlay(overlay: string): readonly Json[] {
  if (keptOverlays.includes(overlay)) return readRendered(overlay)
  requireTools(['kubectl'])
  return fromYaml(
    execFileSync('kubectl', ['kustomize', join(manifestsFolder, 'overlays', overlay)]).toString(),
  )
}

/** Changes with every file that a rendering depends on. */
export function sourcesFingerprint(): string {
  const hash = createHash('sha256')
  const files = readdirSync(manifestsFolder, { recursive: true, withFileTypes: true })
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
