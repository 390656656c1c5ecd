import { type Benchmark, type Build, labelOf, type Part } from '../benchmark.ts'
import { requestAtRate, saturate } from '../http-load.ts'
import { between, interleave } from '../interleave.ts'
import { type Replicas, type Served, served, servedConstant, startReplicas } from '../replicas.ts'
import { atLeast, atMost, type Section } from '../report/model.ts'
import { curve, distribution, type Line } from '../report/plots.ts'
import { table } from '../report/table.ts'
import { routesOf } from '../routes.ts'
import { quantile, summarize, summaryColumns } from '../statistics.ts'

const rounds = 3
const connections = 32
const duration = 2
const steadySeconds = 3
const curveSeconds = 2
const curveShares = [0.1, 0.3, 0.5, 0.7, 0.9]
/** The routes whose throughput and latency have goals. */
const goalRoutes = ['one post, cached', 'a public profile']

/** A route, and the constant of the same length that it is compared with. */
interface RouteEntry extends Served {
  readonly baseline: Served
}

async function run(benchmark: Benchmark): Promise<Section> {
  const { onProgress } = benchmark
  await using replicas = await startReplicas(benchmark)
  const { short, long, routes } = await createEntries(benchmark, replicas)
  const entries: readonly Served[] = [short, long, ...routes]
  // V8 has compiled each route before it is measured.
  await interleave(1, entries, measureSaturation)
  const saturation = await interleave(rounds, entries, measureSaturation, between(0.1, 0.5, onProgress))
  const perSecond = (entry: Served) => saturation.median(entry, result => result.perSecond)
  const cpuUs = (entry: Served) => saturation.median(entry, result => result.cpuUs)
  const atShare = (entry: Served, share: number, seconds: number) =>
    requestAtRate(entry.target, share * perSecond(entry), seconds)
  const measureLatency = (entry: Served) => atShare(entry, 0.7, steadySeconds)
  const latencies = await interleave(rounds, entries, measureLatency, between(0.5, 0.9, onProgress))
  const series = entries.map(entry => ({ name: entry.label, samples: latencies.of(entry).flat() }))

  const withGoals = routes.filter(({ target }) => goalRoutes.includes(target.name))
  const lines: Line[] = []
  for (const entry of withGoals) {
    const points: { x: number; samples: readonly number[] }[] = []
    for (const share of curveShares)
      points.push({ x: share * 100, samples: await atShare(entry, share, curveSeconds) })
    for (const [name, q] of [['median', 0.5] as const, ['p99', 0.99] as const]) {
      const line = points.map(({ x, samples }) => [x, quantile(samples, q)] as const)
      lines.push({ name: `${entry.label}, ${name}`, points: line })
    }
  }
  return {
    title: 'Warm, one process on one core',
    how: `Saturation: autocannon, ${connections} connections, ${duration} s × ${rounds} rounds, interleaved with routes of the same framework and listener that respond with a constant; a post is compared with a constant of its length. Latency: requests sent evenly at 70 % of the route's own saturation, ${steadySeconds} s × ${rounds} rounds, interleaved, timed from when each was due, where a 503 counts as infinitely long; the goal is for the median of the rounds' p99.`,
    goals: withGoals.flatMap(entry => {
      const { label, baseline } = entry
      const p99 = latencies.median(entry, samples => quantile(samples, 0.99))
      const ofConstant = perSecond(entry) / perSecond(baseline)
      const ofConstantCpu = cpuUs(baseline) / cpuUs(entry)
      return [
        atLeast(0.6, '×', `${label}: requests/s of those of a constant`, ofConstant),
        // Holds also where the load generator is saturated, and not the server.
        atLeast(0.6, '×', `${label}: requests per CPU second of those of a constant`, ofConstantCpu),
        atMost(30, 'ms', `${label}: p99 at 70 % of saturation`, p99),
      ]
    }),
    samples: { saturation, latencies, lines },
    figures: [
      table(
        'Throughput at saturation and latency at 70 % of it',
        [...['route', 'requests/s', 'of the constant', 'CPU µs', 'of the constant'], ...summaryColumns('ms')],
        entries.map((entry, index) => [
          ...[entry.label, perSecond(entry), perSecond(entry) / perSecond(short)],
          ...[cpuUs(entry), cpuUs(short) / cpuUs(entry)],
          ...summarize(series[index]?.samples ?? []),
        ]),
      ),
      curve('Latency over load', { x: '% of saturation', y: 'ms', scale: 'value' }, lines),
      distribution('Latency at 70 % of saturation', series),
    ],
  }
}

/** Two constants, one of them of the length of a post, and the routes of each build. */
async function createEntries({ builds, functionNames }: Benchmark, replicas: Replicas) {
  const headOf = (build: Build) =>
    readHead(replicas.serverOf(build, 'posts').port, `/posts/${build.fixture.slugs[0]}`)
  const { bytes } = await headOf(builds[0])
  const short = servedConstant(replicas.constant, 'a constant of 30 bytes', 30)
  const long = servedConstant(replicas.constant, `a constant of ${bytes} bytes, as the post`, bytes)
  const routes: RouteEntry[] = []
  for (const build of builds) {
    for (const route of routesOf(build.fixture, (await headOf(build)).etag)) {
      if (!functionNames.includes(route.functionName)) continue
      const server = replicas.serverOf(build, route.functionName)
      const label = labelOf(builds, build, route.name)
      const baseline = route.functionName === 'posts' ? long : short
      routes.push({ ...served(label, server, route), baseline })
    }
  }
  return { short, long, routes }
}

async function readHead(port: number, path: string) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { 'accept-encoding': 'identity' },
  })
  await response.arrayBuffer()
  return { etag: response.headers.get('etag') ?? '', bytes: Number(response.headers.get('content-length')) }
}

async function measureSaturation({ server, target }: Served) {
  const beforeMs = server.cpuMs()
  const { perSecond, count } = await saturate(target, { connections, duration })
  return { perSecond, cpuUs: ((server.cpuMs() - beforeMs) * 1_000) / count }
}

export const warm: Part = { name: 'warm', expectedSeconds: () => 240, run }
