import { writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import * as v from 'valibot'
import { type Benchmark, type Part, startFunction } from '../benchmark.ts'
import { json } from '../fixture.ts'
import { requestAtRate, requestOnce, type Target } from '../http-load.ts'
import { interleave } from '../interleave.ts'
import { atMost, type Section } from '../report/model.ts'
import { distribution } from '../report/plots.ts'
import { table } from '../report/table.ts'
import { quantile, summarize, summaryColumns } from '../statistics.ts'

const rounds = 3
const secondsPerRound = 5
const readsPerSecond = 200
const clients = 8

/** On SIGUSR2 logs the delays of the event loop since the last time, in milliseconds. */
const delayProbe = `
const histogram = require('node:perf_hooks').monitorEventLoopDelay({ resolution: 5 })
histogram.enable()
process.on('SIGUSR2', () => {
  const [p50, p99, max] = [histogram.percentile(50), histogram.percentile(99), histogram.max].map(ns => ns / 1e6)
  process.stdout.write(JSON.stringify({ message: 'event loop', p50, p99, max }) + '\\n')
  histogram.reset()
})
`

const Delay = v.object({ p50: v.number(), p99: v.number(), max: v.number() })

async function run({ builds: [build], services, onProgress }: Benchmark): Promise<Section> {
  const probe = join(services.folder, 'event-loop.cjs')
  writeFileSync(probe, delayProbe)
  await using server = await startFunction(build, 'auth', {}, ['--require', probe])
  await server.loaded
  const { port, pid } = server
  const read: Target = {
    ...{ name: 'key set', port, method: 'GET', paths: ['/auth/.well-known/jwks.json'], status: 200 },
  }
  const signIn: Target = {
    ...{ name: 'sign-in', port, method: 'POST', paths: ['/auth/login'], status: 200, headers: json },
    body: JSON.stringify(build.fixture.credentials),
  }
  async function takeDelay() {
    const line = server.nextLine('event loop')
    process.kill(pid, 'SIGUSR2')
    return v.parse(Delay, JSON.parse((await line).text))
  }
  const entries = [
    { label: 'reads alone', signInClients: 0 },
    { label: `reads while ${clients} clients sign in`, signInClients: clients },
  ]
  await requestAtRate(read, readsPerSecond, 1)
  const results = await interleave(
    rounds,
    entries,
    async ({ signInClients }) => {
      await takeDelay()
      return { ...(await readDuringSignIns(read, signIn, signInClients)), delay: await takeDelay() }
    },
    onProgress,
  )
  const series = entries.map(entry => ({
    name: entry.label,
    samples: results.of(entry).flatMap(({ latenciesMs }) => latenciesMs),
  }))
  const signInsMs = entries.flatMap(entry => results.of(entry).flatMap(result => result.signInsMs))
  const [alone = Number.NaN, during = Number.NaN] = series.map(({ samples }) => quantile(samples, 0.99))
  return {
    title: 'Reads during sign-ins',
    how: `${readsPerSecond} reads/s of the auth function, ${secondsPerRound} s × ${rounds} rounds, alone and while ${clients} clients sign in without a pause, in the same process on the same core, interleaved.`,
    goals: [atMost(2, '×', 'p99 of reads during sign-ins, against reads alone', during / alone)],
    samples: results,
    figures: [
      distribution('Latency of the reads', series),
      table(
        'Latency',
        ['', ...summaryColumns('ms')],
        [...series, { name: 'sign-ins', samples: signInsMs }].map(({ name, samples }) => [
          ...[name, ...summarize(samples)],
        ]),
      ),
      table(
        `Delay of the event loop, medians of ${rounds} rounds`,
        ['', 'median ms', 'p99 ms', 'max ms'],
        entries.map(entry => [
          entry.label,
          ...(['p50', 'p99', 'max'] as const).map(key => results.median(entry, ({ delay }) => delay[key])),
        ]),
      ),
    ],
  }
}

/** Each client signs in again as soon as it has a response, until the reads are done. */
async function readDuringSignIns(read: Target, signIn: Target, signInClients: number) {
  let isReading = true
  const signInsMs: number[] = []
  const agent = new Agent({ keepAlive: true })
  const signingIn = Array.from({ length: signInClients }, async () => {
    while (isReading) {
      const startMs = performance.now()
      await requestOnce(signIn, agent)
      signInsMs.push(performance.now() - startMs)
    }
  })
  const latenciesMs = await requestAtRate(read, readsPerSecond, secondsPerRound).finally(() => {
    isReading = false
  })
  await Promise.all(signingIn)
  agent.destroy()
  return { latenciesMs, signInsMs }
}

export const signIns: Part = { name: 'sign-ins', expectedSeconds: () => 35, run }
