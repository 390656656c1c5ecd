import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundleOptions } from '../../bundle-options.ts'
import type { Bench } from '../bench.ts'
import { onServerCore } from '../machine.ts'
import { formatNumber, type Table } from '../report/model.ts'
import { interleave, median } from '../samples.ts'

const rounds = 10
const root = join(import.meta.dirname, '..', '..', '..')

/** What a process that already has `node:http` pays for each module, and when ours pay it. */
const modules = [
  { name: 'valibot', when: 'before listening: it checks the configuration' },
  { name: 'hono', when: 'after listening' },
  { name: 'jose', when: 'after listening' },
  { name: 'pg', when: 'after listening' },
  { name: 'ioredis', when: '100 ms after the first command' },
  { name: 'bcryptjs', when: 'in a worker thread, with the first log-in' },
  { name: "Node's own Response (undici)", code: 'globalThis.Response', when: 'never' },
  { name: 'node:http2', code: `require('node:http2')`, when: 'never' },
  { name: 'node:tls', code: `require('node:tls')`, when: 'with ioredis, or for Postgres over TLS' },
]

interface Cost {
  readonly processorMs: number
  readonly residentBytes: number
}

const measure = (code: string) => `
require('node:http').createServer()
const cpu = process.cpuUsage(), rss = process.memoryUsage.rss()
${code}
const { user, system } = process.cpuUsage(cpu)
console.log(JSON.stringify({ processorMs: (user + system) / 1000, residentBytes: process.memoryUsage.rss() - rss }))
require('node:module').flushCompileCache()
`

/** Processor time and not wall time: it hardly changes when the machine is busy with something else. */
export async function moduleCosts(bench: Bench): Promise<Table> {
  const folder = join(bench.services.folder, 'modules')
  mkdirSync(folder)
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache') }
  const contenders = await Promise.all(
    modules.map(async ({ name, code = `require('${name}')` }, index) => {
      const outfile = join(folder, `${index}.cjs`)
      await build({
        ...bundleOptions,
        alias: {},
        stdin: { contents: measure(`globalThis.kept = ${code}`), resolveDir: root },
        outfile,
        logLevel: 'error',
      })
      return { name, measure: async () => costOf(outfile, env) }
    }),
  )
  for (const contender of contenders) await contender.measure()
  const costs = await interleave(rounds, contenders, round => bench.onProgress(0.8 + (0.2 * round) / rounds))
  return {
    kind: 'table',
    title: `What loading a module costs (bundled, compile cache warm, n = ${rounds}, medians)`,
    columns: ['module', 'processor ms', 'resident MB', 'when our functions load it'],
    rows: modules.map(({ name, when }) => {
      const samples = costs.get(name) ?? []
      const processorMs = median(samples.map(cost => cost.processorMs))
      const megabytes = median(samples.map(cost => cost.residentBytes)) / 1e6
      return [name, formatNumber(processorMs), formatNumber(megabytes), when]
    }),
  }
}

function costOf(file: string, env: NodeJS.ProcessEnv): Cost {
  const [command = '', ...parameters] = onServerCore([process.execPath, file])
  return JSON.parse(execFileSync(command, parameters, { env, encoding: 'utf8' }))
}
