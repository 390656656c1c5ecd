import { createServer } from 'node:http'
import { listen } from '../../services/free-port.ts'
import { type Benchmark, type Part, startFunction } from '../benchmark.ts'
import { between, interleave, Results } from '../interleave.ts'
import { measureStart } from '../process-start.ts'
import { type Served, served } from '../replicas.ts'
import { atMost, type Section } from '../report/model.ts'
import { table } from '../report/table.ts'
import { type Cost, sampleCosts } from '../request-cost.ts'
import { routesOf } from '../routes.ts'
import { medianRatio, summarize, summaryColumns } from '../statistics.ts'

/** Each starts new processes: two of the same code differ by some percent for as long as they live. */
const blocks = 4
const rounds = 8
const starts = 20
const measured = ['key set', 'one post, each another', 'own profile', 'publish a post']
const off = 'off'
/** The environment of a process by the name of its mode; none sends no traces. */
const samplers: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> = {
  [off]: undefined,
  '1 % sampled': { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' },
  '100 % sampled': {},
}
const maxRatio = 1.02
/** Of the time that this part takes. */
const startShare = 0.2

async function run(benchmark: Benchmark): Promise<Section> {
  const { builds, onProgress } = benchmark
  const [build] = builds
  const routes = routesOf(build.fixture).filter(({ name }) => measured.includes(name))
  // Takes whatever it is sent.
  await using collector = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'))
  })
  const url = `http://127.0.0.1:${await listen(collector)}`
  const modes = Object.entries(samplers).map(([label, sampler]) => ({
    label,
    environment: sampler && { OTEL_EXPORTER_OTLP_ENDPOINT: url, ...sampler },
  }))
  const started = await interleave(
    starts,
    modes,
    ({ environment }) => measureStart(build, 'posts', environment),
    between(0, startShare, onProgress),
  )
  const labelOf = (route: string, mode: string) => `${route}: ${mode}`
  const results = new Results<Cost>()
  for (let block = 0; block < blocks; block += 1) {
    await using stack = new AsyncDisposableStack()
    const entries: Served[] = []
    for (const route of routes)
      for (const { label, environment } of modes) {
        const server = stack.use(await startFunction(build, route.functionName, environment))
        await server.loaded
        entries.push(served(labelOf(route.name, label), server, route))
      }
    const from = startShare + ((1 - startShare) * block) / blocks
    const onBlock = between(from, from + (1 - startShare) / blocks, onProgress)
    await sampleCosts(benchmark, entries, { rounds, results, onProgress: onBlock })
  }
  const samplesOf = (route: string, mode: string) =>
    results.samples({ label: labelOf(route, mode) }, cost => cost.functionUs)
  const ratioOf = (route: string, mode: string) => medianRatio(samplesOf(route, mode), samplesOf(route, off))
  return {
    title: 'CPU time of traces',
    how: `Traces sent to a collector on this machine against none, by the scheduler's clock of the process; ${blocks} starts of each process, ${rounds} samples each, and ${starts} starts to a first response, interleaved.`,
    goals: routes.map(({ name }) =>
      atMost(
        maxRatio,
        '×',
        `${name}: CPU with 1 % sampled, of that without traces`,
        ratioOf(name, '1 % sampled'),
      ),
    ),
    samples: results,
    figures: [
      table(
        'Start of posts to its first response',
        ['traces', ...summaryColumns('ms'), 'median CPU ms'],
        modes.map(entry => [
          entry.label,
          ...summarize(started.samples(entry, start => start.responseMs)),
          started.median(entry, start => start.cpuMs),
        ]),
      ),
      table(
        'CPU time of the function per request',
        ['route', ...summaryColumns('µs'), 'of that without traces'],
        routes.flatMap(({ name }) =>
          modes.map(({ label }) => [
            labelOf(name, label),
            ...summarize(samplesOf(name, label)),
            ratioOf(name, label),
          ]),
        ),
      ),
    ],
  }
}

export const traces: Part = { name: 'traces', expectedSeconds: () => 170, run }
