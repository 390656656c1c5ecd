import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Metafile } from 'esbuild'
import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import { environmentOf } from '../../functions/environment-of.ts'
import { functions } from '../../functions/registry.ts'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { unreachableTarget } from '../../functions/unreachable-target.ts'
import { bundleOptions } from '../build/bundle-options.ts'
import { type LogLine, startServer } from './server.ts'

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
describe.each(functions)('$name', definition => {
  const { name, maxBundleBytes } = definition
  let metafile: Metafile
  const bundle = join(folder, name, 'main.cjs')
  beforeAll(async () => {
    const entryPoints = [`functions/${name}/main.ts`]
    const result = await build({ ...bundleOptions, entryPoints, outdir: join(folder, name), metafile: true })
    metafile = result.metafile
  })

  it(`is at most ${maxBundleBytes} bytes`, () => {
    expect(statSync(bundle).size).toBeLessThan(maxBundleBytes)
  })

  it('loads of npm only the schema library before it listens', () => {
    expect(packagesAtStart(metafile, `functions/${name}/main.ts`)).toEqual(['valibot'])
  })

  it('listens without TLS and cryptography, and never loads fetch or HTTP/2', async () => {
    const environment = environmentOf(definition, unreachableTarget)
    await using server = await startServer(bundle, environment, ['--require', probe])
    const atListening = modulesIn(server.listening)
    const atLoaded = modulesIn(await server.loaded)
    expect(atListening).toContain('net')
    for (const module of ['crypto', 'tls', 'dns', 'worker_threads']) expect(atListening).not.toContain(module)
    expect(atLoaded).toContain('crypto')
    for (const module of ['internal/deps/undici/undici', 'http2', 'tls'])
      expect(atLoaded).not.toContain(module)
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
