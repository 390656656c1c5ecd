import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Metafile } from 'esbuild'
import { noticesOf } from '../build/notices.ts'
import { sbomOf } from '../build/sbom.ts'
import { root } from '../cluster/command.ts'

/** Writes secrets.mjs, which needs Node 20, and neither a package nor a checkout. Returns what is in it. */
export async function writeProgram(file: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['scripts/release-files/secrets.ts'],
    bundle: true,
    minify: true,
    metafile: true,
    platform: 'node',
    target: 'node20',
    // The registry imports functions with a top-level await, which a CommonJS file cannot have.
    format: 'esm',
    // The packages are CommonJS and ask for Node's modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    define: { 'import.meta.main': 'true', 'import.meta.bundled': 'true' },
    external: ['pg-native'],
    legalComments: 'none',
    logLevel: 'warning',
    outfile: file,
  })
  return metafile
}

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
