// From process start to listening, to loaded and to the first response, relative to a bare `node:http` server.
import { type Benchmark, entriesOf, type Part } from '../benchmark.ts'
import { type Entry, interleave } from '../interleave.ts'
import { measureStart, type Start } from '../process-start.ts'
import { atMost, type Section } from '../report/model.ts'
import { distribution, timeline } from '../report/plots.ts'
import { startServer } from '../server.ts'
import { processEnvironment } from '../services.ts'

const rounds = 20
const warmUpRounds = 2

type Listening = Omit<Start, 'cpuMs'>

async function run(benchmark: Benchmark): Promise<Section> {
  const bare = {
    label: 'bare node:http',
    async start(): Promise<Listening> {
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
  const starts = await interleave(rounds, all, ({ start }) => start(), benchmark.onProgress)
  const series = (entries: readonly Entry[], key: keyof Listening) =>
    entries.map(entry => ({ name: entry.label, samples: starts.samples(entry, start => start[key]) }))
  const listeningMs = (entry: Entry) => starts.median(entry, start => start.listeningMs)
  const loadedMs = (entry: Entry) => starts.median(entry, start => start.loadedMs)
  const responseMs = (entry: Entry) => starts.median(entry, start => start.responseMs)
  return {
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
    ],
  }
}

export const start: Part = { name: 'start', expectedSeconds: () => 25, run }
