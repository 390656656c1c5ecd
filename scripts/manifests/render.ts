// Writes knative/rendered: `make render`. Needs kubectl, and no cluster.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toYaml } from '../release/overlay.ts'
import { overlays, render, renderedFolder, sourcesFingerprint } from './rendered.ts'

rmSync(renderedFolder, { recursive: true, force: true })
mkdirSync(renderedFolder)
for (const overlay of overlays) {
  const heading = '# Made by `make render`, not to be changed by hand.\n'
  writeFileSync(join(renderedFolder, `${overlay}.yaml`), heading + toYaml(await render(overlay)))
}
writeFileSync(join(renderedFolder, 'sources.sha256'), `${sourcesFingerprint()}\n`)
