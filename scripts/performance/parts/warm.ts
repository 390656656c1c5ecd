import { type Bench, functionsOf, type Part } from '../bench.ts'
import { createFixture } from '../fixture.ts'
import { headOf, startFleet } from '../fleet.ts'
import { atRate } from '../rate.ts'
import {
  type Curve,
  formatNumber,
  type Goal,
  type Section,
  summaryCells,
  summaryColumns,
} from '../report/model.ts'
import { interleave, median, quantile, summarize } from '../samples.ts'
import { type Measured, rounds, saturationSeconds, throughput } from '../saturation.ts'
import { routesOf } from '../targets.ts'

const steadySeconds = 3
const curveShares = [0.1, 0.3, 0.5, 0.7, 0.9]
/** What the goals of throughput and latency are about. */
const goalRoutes = ['one post, cached', 'a public profile']

async function run(bench: Bench): Promise<Section> {
  const fixture = await createFixture(bench)
  await using fleet = await startFleet(bench)
  const [build] = bench.builds
  const hasPosts = functionsOf(bench.builds).includes('posts')
  const first = `/posts/${fixture.slugs[0]}`
  const head = build && hasPosts ? await headOf(fleet.serverOf(build, 'posts').port, first) : undefined
  const routes = routesOf(fixture, head?.etag ?? '').filter(route =>
    functionsOf(bench.builds).includes(route.functionName),
  )
  const [constant, constantOfSize, ...measured] = await throughput(bench, fleet, routes, head?.bytes ?? 0)
  if (constant === undefined || constantOfSize === undefined) throw new Error('nothing was measured')

  const all = [constant, constantOfSize, ...measured]
  const latencyRounds = await interleave(
    rounds,
    all.map(({ name, target, perSecond }) => ({
      name,
      measure: () => atRate(target, 0.7 * median(perSecond), steadySeconds),
    })),
    round => bench.onProgress(0.5 + (0.4 * round) / rounds),
  )
  const latencies = new Map([...latencyRounds].map(([name, samples]) => [name, samples.flat()]))
  const curve = await latencyCurve(
    bench,
    measured.filter(({ route }) => goalRoutes.includes(route.name)),
  )
  const constantPerSecond = median(constant.perSecond)
  const constantUs = median(constant.processorUs)
  return {
    part: 'warm',
    title: 'Warm, one process on one core',
    how: `Saturation: autocannon, 32 connections, ${saturationSeconds} s × ${rounds} rounds, interleaved with routes of the same framework and listener that answer a constant; a post is held against a constant as long as itself. Latency: requests sent evenly at 70 % of the route's own saturation, ${steadySeconds} s × ${rounds} rounds, interleaved, timed from when each was due; the goal is for the middle one of the rounds' p99.`,
    goals: measured
      .filter(({ route }) => goalRoutes.includes(route.name))
      .flatMap(({ name, route, perSecond, processorUs }) => {
        const same = route.functionName === 'posts' ? constantOfSize : constant
        return goalsOf(
          name,
          median(perSecond) / median(same.perSecond),
          median(same.processorUs) / median(processorUs),
          latencyRounds.get(name) ?? [],
        )
      }),
    samples: Object.fromEntries(
      all.map(({ name, perSecond, processorUs }) => [name, { perSecond, processorUs }]),
    ),
    figures: [
      {
        kind: 'table',
        title: 'Throughput at saturation and latency at 70 % of it',
        columns: [
          'route',
          'requests/s',
          'of the constant',
          'processor µs',
          'of the constant',
          ...summaryColumns.map(name => `${name} ms`),
        ],
        rows: [
          ...all.map(({ name, perSecond, processorUs }) => [
            name,
            formatNumber(median(perSecond)),
            (median(perSecond) / constantPerSecond).toFixed(2),
            formatNumber(median(processorUs)),
            (constantUs / median(processorUs)).toFixed(2),
            ...summaryCells(summarize(latencies.get(name) ?? [])),
          ]),
        ],
      },
      curve,
      {
        kind: 'distribution',
        title: 'Latency at 70 % of saturation',
        unit: 'ms',
        series: [...latencies].map(([name, samples]) => ({ name, samples })),
      },
    ],
  }
}

async function latencyCurve(bench: Bench, measured: readonly Measured[]): Promise<Curve> {
  const lines: { name: string; points: { x: number; y: number }[] }[] = []
  for (const [index, { name, target, perSecond }] of measured.entries()) {
    const half: { x: number; y: number }[] = []
    const tail: { x: number; y: number }[] = []
    for (const share of curveShares) {
      const samples = await atRate(target, share * median(perSecond), 2)
      half.push({ x: share * 100, y: median(samples) })
      tail.push({ x: share * 100, y: quantile(samples, 0.99) })
    }
    lines.push({ name: `${name}, median`, points: half }, { name: `${name}, p99`, points: tail })
    bench.onProgress(0.9 + (0.1 * (index + 1)) / measured.length)
  }
  return {
    kind: 'curve',
    title: 'Latency over load',
    xLabel: '% of saturation',
    yLabel: 'ms',
    logarithmicX: false,
    lines,
  }
}

/** The second goal holds also where something else than the server, the load generator say, is what is saturated. */
const goalsOf = (
  name: string,
  throughputRatio: number,
  processorRatio: number,
  latencyRounds: readonly (readonly number[])[],
): readonly Goal[] => [
  { what: `${name}: requests/s of those of a constant`, ...atLeast, measured: throughputRatio },
  {
    what: `${name}: requests per processor second of those of a constant`,
    ...atLeast,
    measured: processorRatio,
  },
  {
    what: `${name}: p99 at 70 % of saturation`,
    bound: 'at most',
    limit: 30,
    measured: median(latencyRounds.map(samples => quantile(samples, 0.99))),
    unit: 'ms',
  },
]
const atLeast = { bound: 'at least', limit: 0.6, unit: '×' } as const

export const warm: Part = { name: 'warm', expectedSeconds: 240, run }
