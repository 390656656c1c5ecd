import { readFileSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { type Bench, environmentOf, type Part, programOf } from '../bench.ts'
import { createFixture, json } from '../fixture.ts'
import { once, type Target } from '../load.ts'
import { atRate } from '../rate.ts'
import { formatNumber, type Section, summaryCells, summaryColumns } from '../report/model.ts'
import { interleave, median, quantile, summarize } from '../samples.ts'
import { startServer, writeCodeCache } from '../server.ts'

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

const Delay = v.object({ p50: v.number(), p99: v.number(), max: v.number() })
type Delay = v.InferOutput<typeof Delay>

interface Load {
  readonly latenciesMs: readonly number[]
  readonly logInMs: readonly number[]
}

interface Measured extends Load {
  readonly delay: Delay
}

async function run(bench: Bench): Promise<Section> {
  const [build] = bench.builds
  if (build === undefined) throw new Error('there is no build')
  const fixture = await createFixture(bench)
  const probe = join(bench.services.folder, 'event-loop.cjs')
  const delayFile = join(bench.services.folder, 'event-loop.json')
  writeFileSync(probe, delayProbe(delayFile))
  const env = environmentOf(bench, 'auth')
  const probed = { ...env, NODE_OPTIONS: `${env['NODE_OPTIONS']} --require ${probe}` }
  writeCodeCache(programOf(build, 'auth'), env)
  const server = await startServer(programOf(build, 'auth'), probed)
  try {
    await server.loaded
    const read: Target = {
      name: 'key set',
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
    const takeDelay = async (): Promise<Delay> => {
      process.kill(server.pid, 'SIGUSR2')
      await sleep(200)
      return v.parse(Delay, JSON.parse(readFileSync(delayFile, 'utf8')))
    }
    const measured = async (load: () => Promise<Load>): Promise<Measured> => {
      await takeDelay()
      return { ...(await load()), delay: await takeDelay() }
    }
    await atRate(read, readsPerSecond, 1)
    const results = await interleave<Measured>(
      rounds,
      [
        { name: 'reads alone', measure: () => measured(() => readsAlone(read)) },
        {
          name: `reads while ${logIns} log-ins run`,
          measure: () => measured(() => readsDuring(read, logIn)),
        },
      ],
      round => bench.onProgress(round / rounds),
    )
    return sectionOf(results)
  } finally {
    await server.stop()
  }
}

const readsAlone = async (target: Target): Promise<Load> => ({
  latenciesMs: await reads(target),
  logInMs: [],
})
const reads = (target: Target) => atRate(target, readsPerSecond, secondsPerRound)

/** `logIns` clients, each of which logs in again as soon as it has an answer, until the reads are done. */
async function readsDuring(read: Target, logIn: Target): Promise<Load> {
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
      {
        kind: 'table',
        title: `Delay of the event loop, medians of ${rounds} rounds`,
        columns: ['', 'median ms', 'p99 ms', 'max ms'],
        rows: [...results].map(([name, rounds]) => [
          name,
          ...(['p50', 'p99', 'max'] as const).map(key =>
            formatNumber(median(rounds.map(({ delay }) => delay[key]))),
          ),
        ]),
      },
    ],
  }
}

export const mixed: Part = { name: 'mixed', expectedSeconds: 35, run }
