import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root } from '../cluster/command.ts'
import { bundleOptions } from './bundle-options.ts'
import { noticesOf } from './notices.ts'

test('an image lists every package of its bundles with its licence text', async () => {
  const entryPoints = [join(root, 'functions/posts/main.ts')]
  const { metafile } = await build({
    ...bundleOptions,
    entryPoints,
    metafile: true,
    write: false,
    outdir: 'x',
  })
  const notices = noticesOf([metafile], root)
  for (const name of ['hono', 'pg', 'ioredis', 'jose', 'markdown-it', 'sanitize-html', 'valibot'])
    expect(notices).toMatch(new RegExp(`^${name} \\d[\\w.-]* \\(MIT\\)\\n\\n[^]*?Copyright`, 'm'))
  expect(notices).not.toContain('esbuild ')
})

test.each([
  [
    'a licence that requires more than a notice',
    'GPL-3.0-only',
    'LICENSE',
    'planted 1.0.0 has the licence GPL-3.0-only',
  ],
  ['no licence text', 'MIT', 'index.js', 'planted 1.0.0 has no licence text'],
])('stops the build for a package with %s', (_, license, file, fault) => {
  const folder = createTestFolder()
  const planted = join(folder, 'node_modules', 'planted')
  mkdirSync(planted, { recursive: true })
  writeFileSync(join(planted, 'package.json'), JSON.stringify({ name: 'planted', version: '1.0.0', license }))
  writeFileSync(join(planted, file), 'text')
  const inputs = { 'node_modules/planted/index.js': { bytes: 1, imports: [] } }
  expect(() => noticesOf([{ inputs, outputs: {} }], folder)).toThrow(fault)
})
