import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import * as v from 'valibot'
import { expect, it } from 'vitest'
import { functionNames } from '../../functions/registry.ts'
import { asciiSource } from './ascii-source.ts'
import { bundleOptions } from './bundle-options.ts'

const OpenApi = v.object({
  paths: v.record(
    v.string(),
    v.record(
      v.string(),
      v.object({ operationId: v.string(), summary: v.string(), description: v.optional(v.string()) }),
    ),
  ),
})
const document = v.parse(
  OpenApi,
  JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8')),
)

it('a bundle in ASCII means the same', () => {
  const source = "'\u00e9'.match(/[é–ü]/u) && '\u{1F600}\u2026'.match(/^[😀]…$/u)?.[0]"
  const escaped = asciiSource(source)
  expect(escaped).toMatch(/^[\0-\x7f]+$/)
  expect(runInNewContext(escaped)).toBe('😀…')
})

/** The sentences, without what esbuild may write in another way: quotes, and texts put together of several. */
const sentences = (text: string): string[] => text.split(/[\\'"`]|\. /).filter(part => part.length > 15)

it.each(functionNames)(
  'the bundle of %s has no text of the OpenAPI document in it',
  async name => {
    const { outputFiles } = await build({
      ...bundleOptions,
      entryPoints: [`functions/${name}/main.ts`],
      outdir: 'dist',
      write: false,
    })
    const bundle = outputFiles.map(({ text }) => text).join()
    const operations = Object.entries(document.paths)
      .filter(([path]) => path.split('/')[1] === name)
      .flatMap(([, methods]) => Object.values(methods))
    expect(operations.length).toBeGreaterThan(2)
    const texts = operations.flatMap(({ operationId, summary, description = '' }) =>
      [operationId, summary, description].flatMap(sentences),
    )
    expect(texts.length).toBeGreaterThan(operations.length)
    expect(texts.filter(text => bundle.includes(text))).toEqual([])
    // A bundle is built: a busy machine needs longer than other tests have.
  },
  60_000,
)
