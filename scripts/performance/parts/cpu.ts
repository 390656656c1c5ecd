import { UsageError } from '../../cli/options.ts'
import { type Benchmark, type Build, labelOf, type Part } from '../benchmark.ts'
import type { Route } from '../http-load.ts'
import { between, Results } from '../interleave.ts'
import { type Replicas, type Served, served, servedConstant, startReplicas } from '../replicas.ts'
import { atMost, type Section } from '../report/model.ts'
import { table } from '../report/table.ts'
import { type Cost, connections, sampleCosts, sampleMs } from '../request-cost.ts'
import { routesOf } from '../routes.ts'
import { leastRatio, median, medianRatio, summarize, summaryColumns } from '../statistics.ts'

/** Two processes of the same code differ by some percent for as long as they live, so each block starts new ones. */
const maxBlocks = 5
/** A loss counts when it is there in each of them, which chance alone rarely brings about. */
const minBlocks = 3
/** No block begins that would end later than this, once there are enough of them. */
const budgetMs = 240_000
const rounds = 5
/** Smaller losses disappear in the noise of a busy machine. */
const maxRatio = 1.1

/** CPU per request as a multiple of that of a constant, which is about 14 µs on one core of an idle machine. */
const budgets: Readonly<Record<string, number>> = {
  'one post, cached': 1.5,
  'own profile': 7,
  'publish a post': 43,
  'publish, many authors': 43,
}
const constantLabel = 'a constant of 30 bytes'

async function run(benchmark: Benchmark): Promise<Section> {
  const { builds, onProgress } = benchmark
  const [build, ...others] = builds
  const routes = comparableRoutes(benchmark, build)
  const results = new Results<Cost>()
  const startMs = performance.now()
  let blocks = 0
  while (hasTimeForBlock(blocks, performance.now() - startMs)) {
    await using replicas = await startReplicas(benchmark)
    const onBlock = between(blocks / maxBlocks, (blocks + 1) / maxBlocks, onProgress)
    await sampleCosts(benchmark, entriesOf(benchmark, replicas), { rounds, results, onProgress: onBlock })
    blocks += 1
  }
  const samplesOf = (from: Build, route: string, pick: (cost: Cost) => number) =>
    results.samples({ label: labelOf(builds, from, route) }, pick)
  const functionSamplesOf = (from: Build, route: string) => samplesOf(from, route, cost => cost.functionUs)
  const constantUs = results.samples({ label: constantLabel }, cost => cost.functionUs)
  const budgetGoals = routes.flatMap(({ name }) => {
    const budget = budgets[name]
    if (budget === undefined) return []
    const multiple = median(functionSamplesOf(build, name)) / median(constantUs)
    return [atMost(budget, '×', `${name}: CPU per request, of that of a constant`, multiple)]
  })
  return {
    title: 'CPU time per request',
    how: `By the scheduler's clock of the process and of the connections of PostgreSQL, ${connections} requests at once; ${blocks} starts of each process, ${rounds} samples of ${sampleMs} ms each, interleaved. A loss against another commit counts if it is there in every start, by the best sample of each.`,
    goals: [
      ...budgetGoals,
      ...others.flatMap(other =>
        routes.map(({ name }) => ({
          ...atMost(
            maxRatio,
            '×',
            `${name}: CPU per request, of that of ${other.name}`,
            leastRatio(functionSamplesOf(build, name), functionSamplesOf(other, name), rounds),
          ),
          isRequired: true,
        })),
      ),
    ],
    samples: results,
    figures: [
      table(
        'CPU time of the function per request, and of PostgreSQL',
        ['route', ...summaryColumns('µs'), 'PostgreSQL, median', ...others.map(({ name }) => `of ${name}`)],
        [
          [constantLabel, ...summarize(constantUs), '', ...others.map(() => '')],
          ...routes.flatMap(({ name }) =>
            builds.map(from => [
              labelOf(builds, from, name),
              ...summarize(functionSamplesOf(from, name)),
              median(samplesOf(from, name, cost => cost.postgresUs)),
              ...others.map(other =>
                medianRatio(functionSamplesOf(from, name), functionSamplesOf(other, name)),
              ),
            ]),
          ),
        ],
      ),
    ],
  }
}

/** Whether another block is needed, or fits into the budget at the pace of those before it. */
export function hasTimeForBlock(blocks: number, elapsedMs: number): boolean {
  if (blocks < minBlocks) return true
  return blocks < maxBlocks && (elapsedMs / blocks) * (blocks + 1) <= budgetMs
}

function comparableRoutes({ functionNames, options }: Benchmark, { fixture }: Build): readonly Route[] {
  const routes = routesOf(fixture).filter(({ functionName }) => functionNames.includes(functionName))
  return selectRoutes(
    routes.filter(({ name }) => !name.includes('304')),
    options.ROUTES,
  )
}

/** Rejects a name that no route has: a guard that measures nothing would always pass. */
export function selectRoutes<Named extends { readonly name: string }>(
  routes: readonly Named[],
  names: string | undefined,
): readonly Named[] {
  const only = names?.split(';') ?? routes.map(({ name }) => name)
  const unknown = only.filter(name => !routes.some(route => route.name === name))
  if (unknown.length === 0) return routes.filter(({ name }) => only.includes(name))
  const known = routes.map(({ name }) => name).join(';')
  throw new UsageError(`there is no route ${unknown.join(', ')} to measure; ROUTES takes some of ${known}.`)
}

/** The builds of one route are neighbours. */
function entriesOf(benchmark: Benchmark, replicas: Replicas): readonly Served[] {
  const { builds } = benchmark
  const routes = builds.map(build => comparableRoutes(benchmark, build))
  const entries = (routes[0] ?? []).flatMap((_, n) =>
    builds.flatMap((build, index) => {
      const route = routes[index]?.[n]
      if (route === undefined) return []
      return served(labelOf(builds, build, route.name), replicas.serverOf(build, route.functionName), route)
    }),
  )
  return [servedConstant(replicas.constant, constantLabel, 30), ...entries]
}

export const cpu: Part = { name: 'cpu', expectedSeconds: () => budgetMs / 1_000, run }
