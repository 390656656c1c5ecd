import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, expectTypeOf, test } from 'vitest'
import { type components, createClient } from './index.ts'

test('types come from the contract', () => {
  const api = createClient({ baseUrl: 'https://api.test' })
  expectTypeOf(api.getPost)
    .returns.resolves.toHaveProperty('data')
    .toEqualTypeOf<components['schemas']['Post']>()
  // @ts-expect-error: the slug is required
  void (() => api.getPost())
  // @ts-expect-error: `limit` is a number
  void (() => api.listPosts({ query: { limit: '5' } }))
  void (() => api.listPosts({ query: { limit: 5 } }))
  // @ts-expect-error: the slug is required
  void (() => api.pages('listComments'))
  void (() => api.pages('listTags'))
})

test('the generated files are current', () => {
  execFileSync('node', [join(import.meta.dirname, '../../scripts/client/generate.ts'), '--check'])
}, 60_000)

test('the package has less than 6 kB, compressed', async () => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'index.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  })
  expect(gzipSync(outputFiles[0]?.contents ?? '').length).toBeLessThan(6_000)
})
