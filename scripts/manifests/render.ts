// Writes knative/rendered: `make render`. Needs kubectl, and no cluster.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toYaml } from '../cluster/kubectl.ts'
import { overlays, render, renderedFolder, sourcesFingerprint } from './rendered.ts'

// All of them first: one that fails leaves what was there.
const rendered = await Promise.all(
  overlays.map(async overlay => [overlay, toYaml(await render(overlay))] as const),
)
rmSync(renderedFolder, { recursive: true, force: true })
mkdirSync(renderedFolder)
for (const [overlay, text] of rendered) {
  writeFileSync(
    join(renderedFolder, `${overlay}.yaml`),
    `# Made by \`make render\`, not to be changed by hand.\n${text}`,
  )
}
writeFileSync(join(renderedFolder, 'sources.sha256'), `${sourcesFingerprint()}\n`)
