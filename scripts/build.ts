import { existsSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundleOptions } from './bundle-options.ts'

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
  if (name === 'auth') entryPoints.push({ in: 'functions/auth/password-worker.ts', out: 'password-worker' })
  await build({ ...bundleOptions, entryPoints, outdir: `dist/${name}` })
  await cp(join(root, 'docs/openapi.json'), join(root, 'dist', name, 'openapi.json'))
}
await cp(join(root, 'functions/auth/common-passwords.txt'), join(root, 'dist/auth/common-passwords.txt'))
await build({ ...bundleOptions, entryPoints: ['functions/migrate/main.ts'], outdir: 'dist/migrate' })
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
