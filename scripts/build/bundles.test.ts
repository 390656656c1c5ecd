import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { build, type Metafile } from 'esbuild'
import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import { environmentOf } from '../../functions/environment-of.ts'
import { functions } from '../../functions/registry.ts'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { unreachableTarget } from '../../functions/unreachable-target.ts'
import { root } from '../cluster/command.ts'
import { type LogLine, startServer } from '../performance/server.ts'
import { asciiSource } from './ascii-source.ts'
import { bundleOptions } from './bundle-options.ts'

const folder = createTestFolder()

/** Adds to each line of the log the modules of Node itself that are loaded by then. */
const probe = join(folder, 'probe.cjs')
writeFileSync(
  probe,
  `const write = process.stdout.write.bind(process.stdout)
process.stdout.write = lines => {
  for (const line of lines.trim().split('\\n')) {
    write(JSON.stringify({ ...JSON.parse(line), modules: process.moduleLoadList }) + '\\n')
  }
  return true
}`,
)

/** Limits the causes of a slow wake that need no clock. */
describe.each(functions)('the bundle of $name', definition => {
  const { name, maxBundleBytes } = definition
  const main = `functions/${name}/main.ts`
  const file = join(folder, name, 'main.cjs')
  let metafile: Metafile
  beforeAll(async () => {
    const files = { entryPoints: [main], outdir: join(folder, name) }
    const result = await build({ ...bundleOptions, ...files, metafile: true })
    metafile = result.metafile
  }, 60_000)

  it(`is at most ${maxBundleBytes} bytes`, () => {
    expect(readFileSync(file).length).toBeLessThan(maxBundleBytes)
  })

  it('loads of npm only the schema library before it listens', () => {
    expect(packagesAtStart(metafile, main)).toEqual(['valibot'])
  })

  it('listens without TLS and cryptography, and never loads fetch or HTTP/2', async () => {
    const environment = environmentOf(definition, unreachableTarget)
    await using server = await startServer(file, environment, ['--require', probe])
    const atListening = modulesIn(server.listening)
    const atLoaded = modulesIn(await server.loaded)
    expect(atListening).toContain('net')
    for (const module of ['crypto', 'tls', 'dns', 'worker_threads']) expect(atListening).not.toContain(module)
    expect(atLoaded).toContain('crypto')
    for (const module of ['internal/deps/undici/undici', 'http2', 'tls'])
      expect(atLoaded).not.toContain(module)
  })

  it('has no text of the OpenAPI document in it', () => {
    const bundle = readFileSync(file, 'utf8')
    const operations = Object.entries(document.paths)
      .filter(([path]) => path.split('/')[1] === name)
      .flatMap(([, methods]) => Object.values(methods))
    expect(operations.length).toBeGreaterThan(2)
    const texts = operations.flatMap(({ operationId, summary, description = '' }) =>
      [operationId, summary, description].flatMap(sentences),
    )
    expect(texts.length).toBeGreaterThan(operations.length)
    expect(texts.filter(text => bundle.includes(text))).toEqual([])
  })
})

const Line = v.object({ modules: v.array(v.string()) })
const modulesIn = ({ text }: LogLine) =>
  v.parse(Line, JSON.parse(text)).modules.map(module => module.split(' ').at(-1))

/** The packages that the entry reaches without an `import()`. */
function packagesAtStart(metafile: Metafile, entry: string): readonly string[] {
  const seen = new Set<string>()
  const visit = (path: string) => {
    if (seen.has(path)) return
    seen.add(path)
    for (const { kind, path: next, external } of metafile.inputs[path]?.imports ?? []) {
      if (kind !== 'dynamic-import' && !external) visit(next)
    }
  }
  visit(entry)
  const names = [...seen].map(path => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
  return [...new Set(names.filter(name => name !== undefined))]
}

const Texts = v.object({ operationId: v.string(), summary: v.string(), description: v.optional(v.string()) })
const OpenApi = v.object({ paths: v.record(v.string(), v.record(v.string(), Texts)) })
const document = v.parse(OpenApi, JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')))

/** The sentences, without what esbuild may write in another way: quotes, and texts put together of several. */
const sentences = (text: string): string[] => text.split(/[\\'"`]|\. /).filter(part => part.length > 15)

it('a bundle in ASCII means the same', () => {
  const source = "'\u00e9'.match(/[é–ü]/u) && '\u{1F600}\u2026'.match(/^[😀]…$/u)?.[0]"
  const escaped = asciiSource(source)
  expect(escaped).toMatch(/^[\0-\x7f]+$/)
  expect(runInNewContext(escaped)).toBe('😀…')
})
