// Writes what `knative/` derives: the manifests of the registry's functions, and the rendered overlays. `make render`;
// needs kubectl, and no cluster.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toYaml } from '../cluster/kubectl.ts'
import { functionManifests } from './function-manifests.ts'
import {
  fingerprintFile,
  keptOverlays,
  manifestsFolder,
  render,
  renderedFile,
  sourcesFingerprint,
} from './rendered.ts'

for (const [path, content] of functionManifests()) writeFileSync(join(manifestsFolder, path), content)
// All of them before the first is written: a failure leaves the old ones.
const rendered = await Promise.all(
  keptOverlays.map(async overlay => [overlay, toYaml(await render(overlay))] as const),
)
for (const [overlay, text] of rendered) {
  writeFileSync(renderedFile(overlay), `# Written by \`make render\`; do not edit.\n${text}`)
}
writeFileSync(fingerprintFile, `${sourcesFingerprint()}\n`)
