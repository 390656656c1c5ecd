import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { functionNames } from '../../../functions/registry.ts'
import type { Benchmark, Part } from '../benchmark.ts'
import { type Entry, interleave, type Results } from '../interleave.ts'
import { deploySites, type Site } from '../journey/sites.ts'
import { atMost, type Section } from '../report/model.ts'
import { distribution, timeline } from '../report/plots.ts'
import { table } from '../report/table.ts'
import { median, quantile } from '../statistics.ts'
import { type PodWatch, watchPods } from '../wake/pods.ts'
import { createAuthor, findGateway, request } from '../wake/variants.ts'

/** For what a wake leaves to do, as in the part wake. */
const pauseMs = 1_200

/** What a visitor does at one site: one request after the other, each on a connection of its own. */
interface Visit extends Entry {
  readonly site: Site
  readonly steps: readonly Step[]
}

interface Step {
  readonly name: string
  readonly path: string
  readonly body?: unknown
}

interface Visited {
  readonly sentMs: number
  readonly totalMs: number
  readonly steps: readonly { readonly name: string; readonly ms: number }[]
  /** Of this machine in the minute before. */
  readonly load: number
}

const SignedIn = v.object({ accessToken: v.string() })

async function run({ options, onProgress }: Benchmark): Promise<Section> {
  const gateway = await findGateway()
  const { credentials } = await createAuthor(gateway)
  using watch = await watchPods()
  await using deployed = await deploySites(gateway)
  const signIn = { name: 'sign-in', path: '/auth/login', body: credentials }
  const [profile, posts] = [
    { name: 'own profile', path: '/profile' },
    { name: 'posts', path: '/posts?limit=20' },
  ]
  const visits = deployed.sites.flatMap((site): readonly Visit[] => [
    { label: `sign-in, profile, posts: ${site.label}`, site, steps: [signIn, profile, posts] },
    { label: `posts alone: ${site.label}`, site, steps: [posts] },
  ])

  async function measure({ site, steps }: Visit): Promise<Visited> {
    await watch.untilAllAtZero()
    await sleep(pauseMs)
    const [load = 0] = loadavg()
    const [sentMs, startMs] = [Date.now(), performance.now()]
    const taken: Visited['steps'][number][] = []
    let token: string | undefined
    for (const { name, path, body } of steps) {
      const stepMs = performance.now()
      const sent = { method: body === undefined ? 'GET' : 'POST', body, token }
      const json = await request(gateway, path, { ...sent, headers: { host: site.authority } })
      taken.push({ name, ms: performance.now() - stepMs })
      if (path === signIn.path) token = v.parse(SignedIn, json()).accessToken
    }
    return { sentMs, totalMs: performance.now() - startMs, steps: taken, load }
  }
  const results = await interleave(options.JOURNEY_ROUNDS, visits, measure, onProgress)
  await watch.untilAllAtZero()
  return sectionOf(visits, results, watch)
}

/** Seconds of all pods that a visit started, each until its end began. */
function podSeconds(watch: PodWatch, { site }: Visit, { sentMs }: Visited, untilMs: number): number {
  const services = new Set(functionNames.map(site.serviceOf))
  const lives = [...services]
    .flatMap(service => watch.lives(service))
    .filter(({ fromMs }) => fromMs >= sentMs && fromMs < untilMs)
  return lives.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) / 1_000, 0)
}

function sectionOf(visits: readonly Visit[], results: Results<Visited>, watch: PodWatch): Section {
  const totals = (visit: Visit) => results.samples(visit, ({ totalMs }) => totalMs)
  const starts = visits.flatMap(visit => results.of(visit).map(({ sentMs }) => sentMs))
  const nextStart = (sentMs: number) => Math.min(...starts.filter(startMs => startMs > sentMs))
  const costs = (visit: Visit) =>
    results.of(visit).map(visited => podSeconds(watch, visit, visited, nextStart(visited.sentMs)))
  const loads = visits.flatMap(visit => results.of(visit).map(({ load }) => load))
  const rounds = Math.max(...visits.map(visit => results.of(visit).length))
  const stepsOf = (visit: Visit) =>
    visit.steps.map(({ name }, n) => ({
      name,
      ms: median(results.samples(visit, at => at.steps[n]?.ms ?? 0)),
    }))
  return {
    title: "A visitor's first minute",
    how: `All functions at zero; a visitor signs in, reads the own profile and a list of posts, or that list alone: HTTPS, one request after the other, each on a new connection, from the first byte sent to the last answer. Copies of the functions as they are, with the addresses of their neighbours, and in one process (docs/wake-up.md), which go to zero after 6 s instead of 60. ${rounds} rounds, interleaved; load of the machine in the minute before: median ${median(loads).toFixed(1)}, highest ${Math.max(...loads).toFixed(1)}.`,
    goals: visits
      .filter(({ site, steps }) => site.form !== 'plain' && steps.length > 1)
      .map(visit => atMost(800, 'ms', `${visit.label}: median`, median(totals(visit)))),
    samples: { results, podSeconds: Object.fromEntries(visits.map(visit => [visit.label, costs(visit)])) },
    figures: [
      distribution(
        'First request sent → last answer received',
        visits.map(visit => ({ name: visit.label, samples: totals(visit) })),
      ),
      timeline(
        'Requests, medians',
        visits.map(visit => ({ name: visit.label, phases: stepsOf(visit) })),
      ),
      table(
        'Cost of a visit',
        ['', 'n', 'median ms', 'p95 ms', 'pod-seconds, median'],
        visits.map(visit => [
          ...[visit.label, totals(visit).length, median(totals(visit)), quantile(totals(visit), 0.95)],
          median(costs(visit)),
        ]),
      ),
    ],
  }
}

export const journey: Part = {
  name: 'journey',
  expectedSeconds: ({ JOURNEY_ROUNDS: rounds }) => rounds * 110,
  run,
}
