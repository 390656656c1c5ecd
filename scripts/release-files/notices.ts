import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import { noticesOf } from '../build/notices.ts'
import { sbomOf } from '../build/sbom.ts'
import { root } from '../cluster/command.ts'

/** The licences of the packages in each image and in secrets.mjs, and as CycloneDX the packages themselves. */
export function writeNotices(folder: string, program: Metafile): void {
  for (const file of globSync('dist/*/NOTICES.txt', { cwd: root })) {
    const part = file.split('/')[1]
    writeFileSync(join(folder, `NOTICES-${part}.txt`), readFileSync(join(root, file)))
    writeFileSync(
      join(folder, `sbom-${part}.cdx.json`),
      readFileSync(join(root, `dist/${part}/sbom.cdx.json`)),
    )
  }
  writeFileSync(join(folder, 'sbom-secrets.cdx.json'), sbomOf('secrets', [program], root))
  writeFileSync(join(folder, 'NOTICES-secrets.txt'), noticesOf([program], root))
}
