import { Agent } from 'node:http'
import type { FunctionName } from '../../../functions/registry.ts'
import { type Benchmark, type Build, entriesOf, type Part, startFunction } from '../benchmark.ts'
import { json } from '../fixture.ts'
import { type Route, requestOnce } from '../http-load.ts'
import { between, type Entry, interleave } from '../interleave.ts'
import { atMost, type Section } from '../report/model.ts'
import { distribution, timeline } from '../report/plots.ts'
import { readOf } from '../routes.ts'
import { startServer } from '../server.ts'
import { processEnvironment } from '../services.ts'
import { moduleCosts } from './modules.ts'

const rounds = 20
const warmUpRounds = 2

interface Start {
  readonly listeningMs: number
  readonly loadedMs: number
  readonly responseMs: number
}

async function run(benchmark: Benchmark): Promise<Section> {
  const bare = {
    label: 'bare node:http',
    async start(): Promise<Start> {
      await using server = await startServer(benchmark.baselines.bare, processEnvironment)
      const { ms } = server.listening
      return { listeningMs: ms, loadedMs: ms, responseMs: ms }
    },
  }
  const functions = entriesOf(benchmark).map(({ label, build, name }) => ({
    label,
    start: () => measureStart(build, name),
  }))
  const all = [bare, ...functions]
  await interleave(warmUpRounds, all, ({ start }) => start())
  const starts = await interleave(rounds, all, ({ start }) => start(), between(0, 0.8, benchmark.onProgress))
  const series = (entries: readonly Entry[], key: keyof Start) =>
    entries.map(entry => ({ name: entry.label, samples: starts.samples(entry, start => start[key]) }))
  const listeningMs = (entry: Entry) => starts.median(entry, start => start.listeningMs)
  const loadedMs = (entry: Entry) => starts.median(entry, start => start.loadedMs)
  const responseMs = (entry: Entry) => starts.median(entry, start => start.responseMs)
  return {
    part: 'start',
    title: 'Start of a process',
    how: 'From the spawn of the process to its log line that it listens, to its line that the application is loaded, and to the end of the first response that needs Postgres, requested once it listens. The code cache has been written before, as in the image.',
    goals: functions.map(entry => {
      const what = `process start → listening, ${entry.label}, against a bare server`
      return atMost(1.5, '×', what, listeningMs(entry) / listeningMs(bare))
    }),
    samples: starts,
    figures: [
      distribution('Process start → listening', series(all, 'listeningMs')),
      distribution('Process start → application loaded', series(functions, 'loadedMs')),
      distribution('Process start → first response from Postgres', series(functions, 'responseMs')),
      timeline(
        'Start, medians',
        all.map(entry => {
          const phases = [
            { name: 'to listening', ms: listeningMs(entry) },
            { name: 'to loaded', ms: loadedMs(entry) - listeningMs(entry) },
            { name: 'to first response', ms: responseMs(entry) - loadedMs(entry) },
          ]
          return { name: entry.label, phases: phases.filter(({ ms }) => ms > 0) }
        }),
      ),
      await moduleCosts(benchmark),
    ],
  }
}

async function measureStart(build: Build, name: FunctionName): Promise<Start> {
  const agent = new Agent()
  await using server = await startFunction(build, name)
  const route = name === 'auth' ? refresh : readOf(name, build.fixture)
  await requestOnce({ ...route, port: server.port }, agent)
  const responseMs = performance.now() - server.spawnedAtMs
  agent.destroy()
  return { listeningMs: server.listening.ms, loadedMs: (await server.loaded).ms, responseMs }
}

/** An unknown token is looked up in Postgres, and no password is hashed. */
const refresh: Route = {
  ...{ functionName: 'auth', name: 'refresh', method: 'POST', paths: ['/auth/refresh'], status: 401 },
  ...{ headers: json, body: JSON.stringify({ refreshToken: 'A'.repeat(43) }) },
}

export const start: Part = { name: 'start', expectedSeconds: 60, run }
