import { existsSync } from 'node:fs'
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { bundleOptions } from './bundle-options.ts'
import { noticesOf } from './notices.ts'

/** Writes dist/: one CommonJS bundle per container image, with the files it reads beside it. */
const root = join(import.meta.dirname, '..')
const functions = ['auth', 'profile', 'posts'].filter(name =>
  existsSync(join(root, 'functions', name, 'main.ts')),
)

await rm(join(root, 'dist'), { recursive: true, force: true })
for (const name of functions) {
  const entryPoints = [
    { in: `functions/${name}/main.ts`, out: 'main' },
    { in: 'functions/code-cache/main.ts', out: 'cached' },
  ]
  if (name === 'posts') entryPoints.push({ in: 'functions/posts/render-worker.ts', out: 'render-worker' })
  if (name === 'auth')
    entryPoints.push({ in: 'functions/auth/passwords/password-worker.ts', out: 'password-worker' })
  await bundle(name, entryPoints)
  await cp(join(root, 'docs/openapi.json'), join(root, 'dist', name, 'openapi.json'))
}
for (const file of ['common-passwords.txt', 'common-passwords.license.txt'])
  await cp(join(root, 'functions/auth/passwords', file), join(root, 'dist/auth', file))
await bundle('migrate', ['functions/migrate/main.ts'])
await build({
  entryPoints: [join(root, 'scripts/warm-up.ts')],
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile: join(root, 'dist/warm-up/main.mjs'),
})
await cp(join(root, 'functions/shared/postgres/migrations'), join(root, 'dist/migrate/migrations'), {
  recursive: true,
})

/** The bundles of one image, with the licences of what is in them. */
async function bundle(name: string, entryPoints: NonNullable<BuildOptions['entryPoints']>): Promise<void> {
  const { metafile } = await build({ ...bundleOptions, entryPoints, outdir: `dist/${name}`, metafile: true })
  await writeFile(join(root, 'dist', name, 'NOTICES.txt'), noticesOf([metafile], root))
  await cp(join(root, 'LICENSE'), join(root, 'dist', name, 'LICENSE'))
}
