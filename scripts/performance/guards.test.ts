import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build, type Metafile } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environmentOf, type Variables } from '../../functions/environment-of.ts'
import { functions } from '../../functions/registry.ts'
import { unreachableTarget } from '../../functions/shared/testing/unreachable-target.ts'
import { bundleOptions } from '../bundle-options.ts'

const folder = mkdtempSync(join(tmpdir(), 'iod-guards-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Tells which of Node's own modules are there when the process says that it listens, and when it is loaded. */
const probe = join(folder, 'probe.cjs')
writeFileSync(
  probe,
  `const write = process.stdout.write.bind(process.stdout)
process.stdout.write = lines => {
  for (const line of lines.trim().split('\\n')) {
    write(JSON.stringify({ message: JSON.parse(line).message, modules: process.moduleLoadList }) + '\\n')
  }
  return true
}`,
)

/** What a wake and a page of memory cost, without a clock. */
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
    const modules = await modulesByMessage(bundle, environmentOf(definition, unreachableTarget))
    const mine = (message: string) => modules.get(message)?.map(text => text.split(' ').at(-1)) ?? []
    expect(mine('listening')).toContain('net')
    for (const module of ['crypto', 'tls', 'dns', 'worker_threads'])
      expect(mine('listening')).not.toContain(module)
    expect(mine('loaded')).toContain('crypto')
    for (const module of ['internal/deps/undici/undici', 'http2', 'tls']) {
      expect(mine('loaded')).not.toContain(module)
    }
  })
})

/** Packages that are reached from the entry without an `import()` on the way. */
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

function modulesByMessage(bundle: string, env: Variables): Promise<ReadonlyMap<string, readonly string[]>> {
  const child = spawn(process.execPath, ['--require', probe, bundle], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const found = new Map<string, readonly string[]>()
  return new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`ended with ${code} before it was loaded`)))
    createInterface({ input: child.stdout }).on('line', line => {
      const { message, modules } = JSON.parse(line)
      found.set(message, modules)
      if (message !== 'loaded') return
      child.removeAllListeners('exit').kill('SIGKILL')
      resolve(found)
    })
  })
}
