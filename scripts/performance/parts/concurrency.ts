import { type Bench, functionsOf, type Part } from '../bench.ts'
import { createFixture } from '../fixture.ts'
import { startFleet } from '../fleet.ts'
import { saturate } from '../load.ts'
import { formatNumber, type Section } from '../report/model.ts'
import { interleave, median } from '../samples.ts'
import { type Route, routesOf } from '../targets.ts'

const inFlight = [1, 2, 4, 8, 16, 32, 64]
const rounds = 3
const seconds = 1
/** Log-ins are not among them: what one costs is its hash, and many at once for one account are refused as guessing. */
const measured = ['newest posts', 'one post, each another', 'own profile', 'publish a post']

/** What each function's `autoscaling.knative.dev/target` is chosen by: how many at once one core makes use of. */
async function run(bench: Bench): Promise<Section> {
  const fixture = await createFixture(bench)
  const [build] = bench.builds
  if (build === undefined) throw new Error('there is no build')
  const routes = routesOf(fixture, '').filter(
    ({ name, functionName }) => measured.includes(name) && functionsOf(bench.builds).includes(functionName),
  )
  await using fleet = await startFleet(bench)
  const contenders = routes.flatMap(route =>
    inFlight.map(connections => ({
      name: `${route.name}, ${connections}`,
      measure: () =>
        saturate({ ...route, port: fleet.serverOf(build, route.functionName).port }, seconds, connections),
    })),
  )
  await interleave(1, contenders, () => bench.onProgress(1 / (rounds + 1)))
  const results = await interleave(rounds, contenders, round => bench.onProgress((round + 1) / (rounds + 1)))
  const perSecond = (route: Route, connections: number) =>
    median(results.get(`${route.name}, ${connections}`) ?? [])
  const most = (route: Route) => Math.max(...inFlight.map(connections => perSecond(route, connections)))
  return {
    part: 'concurrency',
    title: 'Requests in flight',
    how: `autocannon, ${inFlight.join(', ')} connections, ${seconds} s × ${rounds} rounds, interleaved, medians; one process on one core. The time of one request is connections ÷ requests per second.`,
    goals: [],
    samples: Object.fromEntries(results),
    figures: [
      {
        kind: 'curve',
        title: 'Share of the most that the route reaches',
        xLabel: 'in flight',
        yLabel: '%',
        logarithmicX: true,
        lines: routes.map(route => ({
          name: route.name,
          points: inFlight.map(x => ({ x, y: (100 * perSecond(route, x)) / most(route) })),
        })),
      },
      {
        kind: 'table',
        title: 'Requests/s, and ms of one request',
        columns: ['route', ...inFlight.map(String)],
        rows: routes.map(route => [
          route.name,
          ...inFlight.map(connections => {
            const rate = perSecond(route, connections)
            return `${formatNumber(rate)}/s, ${formatNumber((1_000 * connections) / rate)} ms`
          }),
        ]),
      },
    ],
  }
}

export const concurrency: Part = { name: 'concurrency', expectedSeconds: 150, run }
