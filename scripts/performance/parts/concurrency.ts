import type { Benchmark, Part } from '../benchmark.ts'
import { type Route, saturate } from '../http-load.ts'
import { interleave } from '../interleave.ts'
import { startReplicas } from '../replicas.ts'
import type { Section } from '../report/model.ts'
import { curve } from '../report/plots.ts'
import { formatCell, table } from '../report/table.ts'
import { routesOf } from '../routes.ts'

const inFlight = [1, 2, 4, 8, 16, 32, 64]
const rounds = 3
const duration = 1
/** Without sign-ins: the password hash is their cost, and many at once for one account are throttled. */
const measured = ['newest posts', 'one post, each another', 'own profile', 'publish a post']

/** How many requests at once saturate a core: what `autoscaling.knative.dev/target` of each function is chosen by. */
async function run(benchmark: Benchmark): Promise<Section> {
  const [build] = benchmark.builds
  const routes = routesOf(build.fixture).filter(({ name }) => measured.includes(name))
  await using replicas = await startReplicas(benchmark)
  const entries = routes.flatMap(route =>
    inFlight.map(connections => ({ label: labelOf(route, connections), route, connections })),
  )
  const measure = ({ route, connections }: (typeof entries)[number]) => {
    const { port } = replicas.serverOf(build, route.functionName)
    return saturate({ ...route, port }, { connections, duration })
  }
  await interleave(1, entries, measure)
  const results = await interleave(rounds, entries, measure, benchmark.onProgress)
  const perSecond = (route: Route, connections: number) =>
    results.median({ label: labelOf(route, connections) }, result => result.perSecond)
  const most = (route: Route) => Math.max(...inFlight.map(connections => perSecond(route, connections)))
  return {
    title: 'Requests in flight',
    how: `autocannon, ${inFlight.join(', ')} connections, ${duration} s × ${rounds} rounds, interleaved, medians; one process on one core. The time of one request is connections ÷ requests per second.`,
    goals: [],
    samples: results,
    figures: [
      curve(
        'Share of the highest throughput of the route',
        { x: 'in flight', y: '%', scale: 'log' },
        routes.map(route => ({
          name: route.name,
          points: inFlight.map(x => [x, (100 * perSecond(route, x)) / most(route)]),
        })),
      ),
      table(
        'Requests/s, and ms of one request',
        ['route', ...inFlight.map(String)],
        routes.map(route => {
          const rates = inFlight.map(connections => ({ connections, rate: perSecond(route, connections) }))
          const cells = rates.map(
            ({ connections, rate }) =>
              `${formatCell(rate)}/s, ${formatCell((1_000 * connections) / rate)} ms`,
          )
          return [route.name, ...cells]
        }),
      ),
    ],
  }
}

const labelOf = ({ name }: Route, connections: number) => `${name}, ${connections}`

export const concurrency: Part = { name: 'concurrency', expectedSeconds: () => 120, run }
