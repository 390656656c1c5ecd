import { writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { type Bench, bundleOf, environmentOf, type Part } from '../bench.ts'
import { createFixture, json } from '../fixture.ts'
import { atRate, once, type Target } from '../load.ts'
import { type Section, summaryCells, summaryColumns } from '../report/model.ts'
import { interleave, quantile, summarize } from '../samples.ts'
import { startServer, warmCompileCache } from '../server.ts'

const rounds = 3
const secondsPerRound = 5
const readsPerSecond = 200
const logIns = 8

/** Writes the delay of the event loop since the last time, in ms, to a file when the process gets SIGUSR2. */
const delayProbe = (file: string) => `
const histogram = require('node:perf_hooks').monitorEventLoopDelay({ resolution: 5 })
histogram.enable()
process.on('SIGUSR2', () => {
  const [p50, p99, max] = [histogram.percentile(50), histogram.percentile(99), histogram.max].map(ns => ns / 1e6)
  require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify({ p50, p99, max }))
  histogram.reset()
})
`

interface Measured {
  readonly latenciesMs: readonly number[]
  readonly logInMs: readonly number[]
}

async function run(bench: Bench): Promise<Section> {
  const [build] = bench.builds
  if (build === undefined) throw new Error('there is no build')
  const fixture = await createFixture(bench)
  const probe = join(bench.services.folder, 'event-loop.cjs')
  writeFileSync(probe, delayProbe(join(bench.services.folder, 'event-loop.json')))
  const env = { ...environmentOf(bench, 'auth'), NODE_OPTIONS: `--require ${probe}` }
  warmCompileCache(bundleOf(build, 'auth'), env)
  const server = await startServer(bundleOf(build, 'auth'), env)
  try {
    await server.loaded
    const read: Target = {
      name: 'sessions',
      port: server.port,
      method: 'GET',
      paths: ['/auth/.well-known/jwks.json'],
      status: 200,
    }
    const body = JSON.stringify({ email: fixture.email, password: fixture.password })
    const logIn: Target = {
      name: 'log-in',
      port: server.port,
      method: 'POST',
      paths: ['/auth/login'],
      headers: json,
      body,
      status: 200,
    }
    await atRate(read, readsPerSecond, 1)
    const results = await interleave<Measured>(
      rounds,
      [
        { name: 'reads alone', measure: async () => ({ latenciesMs: await reads(read), logInMs: [] }) },
        { name: `reads while ${logIns} log-ins run`, measure: () => readsDuring(read, logIn) },
      ],
      round => bench.onProgress(round / rounds),
    )
    return sectionOf(results)
  } finally {
    await server.stop()
  }
}

const reads = (target: Target) => atRate(target, readsPerSecond, secondsPerRound)

/** `logIns` clients, each of which logs in again as soon as it has an answer, until the reads are done. */
async function readsDuring(read: Target, logIn: Target): Promise<Measured> {
  let reading = true
  const logInMs: number[] = []
  const agent = new Agent({ keepAlive: true })
  const clients = Array.from({ length: logIns }, async () => {
    while (reading) {
      const startMs = performance.now()
      await once(logIn, agent)
      logInMs.push(performance.now() - startMs)
    }
  })
  const latenciesMs = await reads(read).finally(() => {
    reading = false
  })
  await Promise.all(clients)
  agent.destroy()
  return { latenciesMs, logInMs }
}

function sectionOf(results: ReadonlyMap<string, readonly Measured[]>): Section {
  const series = [...results].map(([name, measured]) => ({
    name,
    samples: measured.flatMap(({ latenciesMs }) => latenciesMs),
  }))
  const logInMs = [...results.values()].flat().flatMap(measured => measured.logInMs)
  const p99 = series.map(({ samples }) => quantile(samples, 0.99))
  return {
    part: 'mixed',
    title: 'Reads while log-ins run',
    how: `${readsPerSecond} reads/s of the auth function, ${secondsPerRound} s × ${rounds} rounds, alone and while ${logIns} clients log in without a pause, in the same process on the same core, interleaved.`,
    goals: [
      {
        what: 'p99 of reads during log-ins, against reads alone',
        bound: 'at most',
        limit: 2,
        measured: (p99[1] ?? Number.NaN) / (p99[0] ?? Number.NaN),
        unit: '×',
      },
    ],
    figures: [
      { kind: 'distribution', title: 'Latency of the reads', unit: 'ms', series },
      {
        kind: 'table',
        title: 'In numbers',
        columns: ['', ...summaryColumns.map(name => `${name} ms`)],
        rows: [
          ...series.map(({ name, samples }) => [name, ...summaryCells(summarize(samples))]),
          ['log-ins', ...summaryCells(summarize(logInMs))],
        ],
      },
    ],
  }
}

export const mixed: Part = { name: 'mixed', expectedSeconds: 35, run }
