import { build, type Metafile } from 'esbuild'
import { root } from '../cluster/command.ts'

/** Writes secrets.mjs, which needs Node 20, and neither a package nor a checkout. Returns what is in it. */
export async function writeSecretsProgram(file: string): Promise<Metafile> {
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
