import { globSync } from 'node:fs'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import { root } from '../cluster/command.ts'
import { referencePackages, referencePage } from '../pages/reference-page.ts'
import { asciiSource } from './ascii-source.ts'
import { bundleOptions } from './bundle-options.ts'
import { noticesOf } from './notices.ts'
import { type ImageProcess, processes } from './processes.ts'
import { sbomOf } from './sbom.ts'
import { togetherPlugin } from './together.ts'

/** Writes dist/: one CommonJS bundle per container image, with the files that it reads. */
const reference = await referencePage()
await rm(join(root, 'dist'), { recursive: true, force: true })
await mkdir(join(root, 'dist/warm-up'), { recursive: true })
for (const one of processes) await buildProcess(one)
await writeFile(join(root, 'dist/reference.html'), reference)
// The backup Job is in the image of the migrations, which it checks archives with.
await bundle('migrate', [
  { in: 'functions/migrate/main.ts', out: 'main' },
  { in: 'functions/backup/main.ts', out: 'backup' },
])
await build({
  entryPoints: [join(root, 'scripts/build/warm-up.ts')],
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile: join(root, 'dist/warm-up/main.mjs'),
})
for (const file of globSync('functions/*/migrations/*.sql', { cwd: root }))
  await cp(join(root, file), join(root, 'dist/migrate', file))
for (const file of globSync('functions/migrate/*.sql', { cwd: root }))
  await cp(join(root, file), join(root, 'dist/migrate', basename(file)))

/** Builds what the image of a process holds, and the requests that fill its code cache. */
async function buildProcess({ name, main, members, plan }: ImageProcess): Promise<void> {
  const out = join(root, 'dist', name)
  const servesReference = members.some(({ otherPaths }) => otherPaths.includes('/docs'))
  const workers = members.flatMap(({ name: member, workers }) =>
    workers.map(worker => ({ in: `functions/${member}/${worker}.ts`, out: basename(worker) })),
  )
  const entryPoints = [
    { in: main, out: 'main' },
    { in: 'functions/code-cache/main.ts', out: 'cached' },
    { in: 'functions/shared/telemetry/telemetry.ts', out: 'telemetry' },
    ...workers,
  ]
  await bundle(name, entryPoints, servesReference ? [referencePackages] : [])
  await cp(join(root, 'docs/openapi.json'), join(out, 'openapi.json'))
  if (servesReference) await writeFile(join(out, 'reference.html.gz'), gzipSync(reference, { level: 9 }))
  for (const { name: member, files } of members)
    for (const file of files) await cp(join(root, 'functions', member, file), join(out, basename(file)))
  await writeFile(join(root, 'dist/warm-up', `${name}.json`), JSON.stringify(plan))
}

/** Builds the bundles of one image, with the licences and the list of their packages. */
async function bundle(
  name: string,
  entryPoints: NonNullable<BuildOptions['entryPoints']>,
  others: readonly Metafile[] = [],
): Promise<void> {
  const { metafile, outputFiles } = await build({
    ...bundleOptions,
    entryPoints,
    plugins: [togetherPlugin],
    outdir: `dist/${name}`,
    metafile: true,
    write: false,
  })
  await mkdir(join(root, 'dist', name), { recursive: true })
  for (const { path, text } of outputFiles) await writeFile(path, asciiSource(text))
  const contents = [metafile, ...others]
  await writeFile(join(root, 'dist', name, 'NOTICES.txt'), noticesOf(contents, root))
  await writeFile(join(root, 'dist', name, 'sbom.cdx.json'), sbomOf(name, contents, root))
  await cp(join(root, 'LICENSE'), join(root, 'dist', name, 'LICENSE'))
}
