import { setTimeout as sleep } from 'node:timers/promises'
import type { Endpoint } from '../../cluster/http-probe.ts'
import type { Benchmark, Part } from '../benchmark.ts'
import { between, type Entry, interleave, type Results } from '../interleave.ts'
import { atMost, type Section } from '../report/model.ts'
import { distribution, timeline } from '../report/plots.ts'
import { table } from '../report/table.ts'
import { median, quantile } from '../statistics.ts'
import { type PodWatch, watchPods } from '../wake/pods.ts'
import { baseline, deployVariants, findGateway, inRunc, request, type Variant } from '../wake/variants.ts'

const crowd = 50

/**
 * So many wakes follow each other before all Services go to zero together. A Service stays up for its window of 6 s
 * after its request, so none ends during the wake of another: next to an ending pod, a wake takes twice as long.
 */
const burstMs = 4_500
/** For what a wake leaves to do: the Redis client is loaded up to 1 s later, the kubelet reports the pod as ready. */
const pauseMs = 1_200

interface Wake {
  readonly totalMs: number
  /** When each phase was over, in milliseconds since the request was sent. */
  readonly marks: Readonly<Record<string, number>>
}

async function run({ options, onProgress }: Benchmark): Promise<Section> {
  const { WAKE_ROUNDS: rounds } = options
  const gateway = await findGateway()
  using watch = await watchPods()
  await using deployed = await deployVariants(gateway, options, { 'autoscaling.knative.dev/window': '6s' })
  let burstEndsMs = 0
  async function measure(variant: Variant): Promise<Wake> {
    await sleep(pauseMs)
    if (performance.now() > burstEndsMs || !watch.isAtZero(variant.service)) {
      await watch.untilAllAtZero()
      burstEndsMs = performance.now() + burstMs
    }
    return measureWake(watch, gateway, variant)
  }
  const wakes = await interleave(rounds, deployed.variants, measure, between(0, 0.95, onProgress))
  const crowdMs = await measureCrowd(watch, gateway, deployed.variants)
  return sectionOf(deployed.variants, { rounds, wakes, crowdMs })
}

async function measureWake(
  watch: PodWatch,
  gateway: Endpoint,
  { service, path, options }: Variant,
): Promise<Wake> {
  const [sentMs, startMs] = [Date.now(), performance.now()]
  await request(gateway, path, options)
  const totalMs = performance.now() - startMs
  const marks = [...(await watch.marksSince(service, sentMs)), ['answered', sentMs + totalMs] as const]
  const offsets = marks.map(([name, atMs]) => [name, atMs - sentMs] as const)
  return { totalMs, marks: Object.fromEntries(offsets.filter(([, ms]) => ms >= 0 && ms <= totalMs + 1)) }
}

/** Returns the milliseconds of each of many requests at once to posts at zero that got a 200. */
async function measureCrowd(
  watch: PodWatch,
  gateway: Endpoint,
  variants: readonly Variant[],
): Promise<number[]> {
  const posts = variants.find(({ label }) => label === 'posts')
  if (posts === undefined) throw new Error('posts is not deployed')
  await watch.untilAllAtZero()
  const startMs = performance.now()
  const requests = Array.from({ length: crowd }, async () => {
    await request(gateway, posts.path, posts.options)
    return performance.now() - startMs
  })
  return (await Promise.allSettled(requests)).flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
}

interface Measured {
  readonly rounds: number
  readonly wakes: Results<Wake>
  readonly crowdMs: readonly number[]
}

function sectionOf(variants: readonly Entry[], { rounds, wakes, crowdMs }: Measured): Section {
  const samplesOf = (entry: Entry) => wakes.samples(entry, ({ totalMs }) => totalMs)
  const functions = variants.filter(({ label }) => !label.startsWith(baseline))
  const baselineOf = ({ label }: Entry) => (label.endsWith(inRunc) ? `${baseline}${inRunc}` : baseline)
  const ratio = (entry: Entry, q: number) =>
    quantile(samplesOf(entry), q) / quantile(samplesOf({ label: baselineOf(entry) }), q)
  const phases = variants.map(entry => ({ name: entry.label, marks: markMedians(wakes.of(entry)) }))
  return {
    title: 'Wake from zero',
    how: `One HTTPS request on a new connection to a Service at zero, while no other pod starts or ends, until the whole response has arrived: a post and a public profile read from Postgres, a sign-in, and a static Go server with the same pod settings behind the same gateway; where the functions run in crun (docs/wake-up.md, Fast start), each in the default runtime as well. ${rounds} rounds, interleaved.`,
    goals: [
      ...functions.flatMap(entry => [
        atMost(1.1, '×', `wake of ${entry.label}: median against ${baseline}`, ratio(entry, 0.5)),
        atMost(1.2, '×', `wake of ${entry.label}: p95 against ${baseline}`, ratio(entry, 0.95)),
      ]),
      ...functions.map(entry =>
        atMost(600, 'ms', `wake of ${entry.label}: median`, median(samplesOf(entry))),
      ),
      atMost(0, '', `${crowd} requests at once to posts at zero: without a 200`, crowd - crowdMs.length),
    ],
    samples: { wakes, crowdMs },
    figures: [
      distribution(
        'Request sent → response received',
        variants.map(entry => ({ name: entry.label, samples: samplesOf(entry) })),
      ),
      timeline(
        'Phases, medians',
        phases.map(({ name, marks }) => ({
          name,
          phases: marks.map(([mark, ms], n) => ({ name: `to ${mark}`, ms: ms - (marks[n - 1]?.[1] ?? 0) })),
        })),
      ),
      distribution(`${crowd} requests at once to posts at zero`, [
        { name: 'each request', samples: crowdMs },
      ]),
      table(
        'When each phase was over, median ms after the request was sent',
        ['', 'phase', 'ms'],
        phases.flatMap(({ name, marks }) => marks.map(mark => [name, ...mark])),
      ),
    ],
  }
}

/** The median of each mark that most wakes have, in order of time. The API reports a phase a moment after its end. */
function markMedians(wakes: readonly Wake[]): readonly (readonly [mark: string, ms: number])[] {
  const marks = [...new Set(wakes.flatMap(wake => Object.keys(wake.marks)))]
  const samples = marks.map(mark => [mark, wakes.flatMap(wake => wake.marks[mark] ?? [])] as const)
  return samples
    .filter(([, offsets]) => offsets.length > wakes.length / 2)
    .map(([mark, offsets]) => [mark, median(offsets)] as const)
    .toSorted(([, a], [, b]) => a - b)
}

export const wake: Part = { name: 'wake', expectedSeconds: ({ WAKE_ROUNDS: rounds }) => rounds * 50, run }
