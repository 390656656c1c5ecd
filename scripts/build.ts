import { globSync } from 'node:fs'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import { functions } from '../functions/registry.ts'
import { bundleOptions } from './bundle-options.ts'
import { noticesOf } from './notices.ts'
import { referencePackages, referencePage } from './pages/reference-page.ts'
import { sbomOf } from './sbom.ts'
import { warmUpPlanOf } from './warm-up-plan.ts'

/** Writes dist/: one CommonJS bundle per container image, with the files that it reads. */
const root = join(import.meta.dirname, '..')
const reference = await referencePage()
await rm(join(root, 'dist'), { recursive: true, force: true })
await mkdir(join(root, 'dist/warm-up'), { recursive: true })
for (const definition of functions) {
  const { name, workers, files } = definition
  const folder = `functions/${name}`
  const servesReference = definition.otherPaths.includes('/docs')
  const entryPoints = [
    { in: `${folder}/main.ts`, out: 'main' },
    { in: 'functions/code-cache/main.ts', out: 'cached' },
    { in: 'functions/shared/telemetry/telemetry.ts', out: 'telemetry' },
    ...workers.map(worker => ({ in: `${folder}/${worker}.ts`, out: basename(worker) })),
  ]
  await bundle(name, entryPoints, servesReference ? [referencePackages] : [])
  await cp(join(root, 'docs/openapi.json'), join(root, 'dist', name, 'openapi.json'))
  if (servesReference)
    await writeFile(join(root, 'dist', name, 'reference.html.gz'), gzipSync(reference, { level: 9 }))
  for (const file of files) await cp(join(root, folder, file), join(root, 'dist', name, basename(file)))
  await writeFile(join(root, 'dist/warm-up', `${name}.json`), JSON.stringify(warmUpPlanOf(definition)))
}
await writeFile(join(root, 'dist/reference.html'), reference)
// The backup Job is in the image of the migrations, which it checks archives with.
await bundle('migrate', [
  { in: 'functions/migrate/main.ts', out: 'main' },
  { in: 'functions/backup/main.ts', out: 'backup' },
])
await build({
  entryPoints: [join(root, 'scripts/warm-up.ts')],
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile: join(root, 'dist/warm-up/main.mjs'),
})
for (const file of globSync('functions/*/migrations/*.sql', { cwd: root }))
  await cp(join(root, file), join(root, 'dist/migrate', file))
for (const file of globSync('functions/migrate/*.sql', { cwd: root }))
  await cp(join(root, file), join(root, 'dist/migrate', basename(file)))

/** Builds the bundles of one image, with the licences and the list of their packages. */
async function bundle(
  name: string,
  entryPoints: NonNullable<BuildOptions['entryPoints']>,
  others: readonly Metafile[] = [],
): Promise<void> {
  const { metafile } = await build({ ...bundleOptions, entryPoints, outdir: `dist/${name}`, metafile: true })
  const contents = [metafile, ...others]
  await writeFile(join(root, 'dist', name, 'NOTICES.txt'), noticesOf(contents, root))
  await writeFile(join(root, 'dist', name, 'sbom.cdx.json'), sbomOf(name, contents, root))
  await cp(join(root, 'LICENSE'), join(root, 'dist', name, 'LICENSE'))
}
