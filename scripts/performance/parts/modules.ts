import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import * as v from 'valibot'
import { bundleOptions } from '../../build/bundle-options.ts'
import type { Benchmark } from '../benchmark.ts'
import { between, interleave } from '../interleave.ts'
import { onServerCore } from '../machine.ts'
import { type Figure, table } from '../report/table.ts'

const rounds = 10
const root = join(import.meta.dirname, '..', '..', '..')

/** Modules that a process with `node:http` may load, and when the functions load them. */
const modules = [
  { name: 'valibot', when: 'before listening: it checks the configuration' },
  { name: 'hono', when: 'after listening' },
  { name: 'jose', when: 'after listening' },
  { name: 'pg', when: 'after listening' },
  { name: 'ioredis', when: '100 ms after the first command' },
  { name: 'bcryptjs', when: 'in a worker thread, with the first sign-in' },
  { name: "Node's own Response (undici)", code: 'globalThis.Response', when: 'never' },
  { name: 'node:http2', code: `require('node:http2')`, when: 'never' },
  { name: 'node:tls', code: `require('node:tls')`, when: 'with ioredis, or for Postgres over TLS' },
]

const Cost = v.object({ cpuMs: v.number(), residentBytes: v.number() })

const measurement = (code: string) => `
require('node:http').createServer()
const cpu = process.cpuUsage(), rss = process.memoryUsage.rss()
globalThis.kept = ${code}
const { user, system } = process.cpuUsage(cpu)
console.log(JSON.stringify({ cpuMs: (user + system) / 1000, residentBytes: process.memoryUsage.rss() - rss }))
require('node:module').flushCompileCache()
`

/** CPU time rather than wall time, which changes with the load of the machine. */
export async function moduleCosts({ services, onProgress }: Benchmark): Promise<Figure> {
  const folder = join(services.folder, 'modules')
  mkdirSync(folder)
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache') }
  const entries = await Promise.all(
    modules.map(async ({ name, when, code = `require('${name}')` }, index) => {
      const outfile = join(folder, `${index}.cjs`)
      const stdin = { contents: measurement(code), resolveDir: root }
      await build({ ...bundleOptions, alias: {}, stdin, outfile, logLevel: 'error' })
      return { label: name, when, command: onServerCore(process.execPath, outfile) }
    }),
  )
  const measure = async ({ command: [program, ...parameters] }: (typeof entries)[number]) =>
    v.parse(Cost, JSON.parse(execFileSync(program, parameters, { env, encoding: 'utf8' })))
  await interleave(1, entries, measure)
  const costs = await interleave(rounds, entries, measure, between(0.8, 1, onProgress))
  return table(
    `Cost of loading a module (bundled, compile cache warm, n = ${rounds}, medians)`,
    ['module', 'CPU ms', 'resident MB', 'when the functions load it'],
    entries.map(entry => {
      const residentBytes = costs.median(entry, cost => cost.residentBytes)
      return [entry.label, costs.median(entry, cost => cost.cpuMs), residentBytes / 1e6, entry.when]
    }),
  )
}
