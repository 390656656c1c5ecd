import type { Bench, Part } from '../bench.ts'
import { formatNumber, type Goal, type Section, type Series, type Timeline } from '../report/model.ts'
import { median, quantile } from '../samples.ts'
import { baseline, createKinds } from '../wake/account.ts'
import { connectCluster, findGateway, type Gateway } from '../wake/cluster.ts'
import { type Copy, createCopies, removeCopies } from '../wake/copies.ts'
import { ask, type Wake, wakeInTurn } from '../wake/wake-once.ts'
import { startWatcher, type Watcher } from '../wake/watcher.ts'

const rounds = Number(process.env['WAKE_ROUNDS'] ?? 20)
const crowd = 50

async function run(bench: Bench): Promise<Section> {
  const cluster = connectCluster()
  const gateway = findGateway()
  const kinds = await createKinds(gateway)
  // First, so that it sees the pods that each new Service begins with.
  const watcher = startWatcher(cluster)
  const copies = await createCopies(cluster, kinds, gateway.host.replace(/^api\./, ''))
  try {
    const wakes = await wakeInTurn({ cluster, watcher, gateway, copies }, rounds, round =>
      bench.onProgress(round / (rounds + 1)),
    )
    const crowdMs = await wakeByCrowd(watcher, gateway, copies)
    return sectionOf(wakes, crowdMs)
  } finally {
    watcher.stop()
    await removeCopies(cluster).catch(() => undefined)
  }
}

type Wakes = ReadonlyMap<string, readonly Wake[]>

/** Milliseconds of each of many requests at once to one function at zero; all must be answered with 200. */
async function wakeByCrowd(watcher: Watcher, gateway: Gateway, copies: readonly Copy[]): Promise<number[]> {
  const copy = copies.find(({ kind }) => kind.name !== baseline)
  if (copy === undefined) throw new Error('there is no copy of a function')
  await watcher.allAtZero()
  const startMs = performance.now()
  const requests = Array.from({ length: crowd }, () =>
    ask(gateway, copy).then(() => performance.now() - startMs),
  )
  return Promise.all(requests)
}

function sectionOf(wakes: Wakes, crowdMs: readonly number[]): Section {
  const series: Series[] = [...wakes].map(([name, samples]) => ({
    name,
    samples: samples.map(({ totalMs }) => totalMs),
  }))
  const floor = series.find(({ name }) => name === baseline)?.samples ?? []
  const functions = series.filter(({ name }) => name !== baseline)
  const ratio = (samples: readonly number[], q: number) => quantile(samples, q) / quantile(floor, q)
  const goals = functions.flatMap(({ name, samples }): Goal[] => [
    goal(`wake of ${name}: median against ${baseline}`, 1.1, ratio(samples, 0.5), '×'),
    goal(`wake of ${name}: p95 against ${baseline}`, 1.2, ratio(samples, 0.95), '×'),
  ])
  return {
    part: 'wake',
    title: 'Wake from zero',
    how: `One HTTPS request, on a new connection, to a Service at zero while nothing else runs or ends, until its whole answer is here: a post and a public profile read from Postgres, a log-in, and a static Go server with the same pod settings behind the same gateway. ${rounds} rounds, interleaved.`,
    goals: [
      ...goals,
      ...functions.map(({ name, samples }) => goal(`wake of ${name}: median`, 600, median(samples), 'ms')),
      goal(`${crowd} requests at once to posts at zero: not answered with 200`, 0, 0, ''),
    ],
    figures: [
      { kind: 'distribution', title: 'Request sent → answer received', unit: 'ms', series },
      timelineOf(wakes),
      {
        kind: 'distribution',
        title: `${crowd} requests at once to posts at zero`,
        unit: 'ms',
        series: [{ name: 'each request', samples: crowdMs }],
      },
      marksTable(wakes),
    ],
    samples: Object.fromEntries(wakes),
  }
}

const goal = (what: string, limit: number, measured: number, unit: string): Goal => ({
  what,
  bound: 'at most',
  limit,
  measured,
  unit,
})

/** The median time of each mark, in their order; what an API event tells is known a moment after it happened. */
function markMedians(wakes: readonly Wake[]): readonly (readonly [string, number])[] {
  const names = [...new Set(wakes.flatMap(({ marks }) => Object.keys(marks)))]
  const medians = names.map(name => {
    const samples = wakes.map(({ marks }) => marks[name]).filter(ms => ms !== undefined)
    return { name, ms: median(samples), isUsual: samples.length > wakes.length / 2 }
  })
  const usual = medians.filter(({ isUsual }) => isUsual).toSorted((a, b) => a.ms - b.ms)
  return usual.map(({ name, ms }) => [name, ms] as const)
}

function timelineOf(wakes: Wakes): Timeline {
  const rows = [...wakes].map(([name, samples]) => {
    let lastMs = 0
    const phases = markMedians(samples).map(([mark, ms]) => {
      const phase = { name: `to ${mark}`, ms: ms - lastMs }
      lastMs = ms
      return phase
    })
    return { name, phases }
  })
  return { kind: 'timeline', title: 'Phases, medians', rows }
}

const marksTable = (wakes: Wakes) => ({
  kind: 'table' as const,
  title: 'When each phase was over, median ms after the request was sent',
  columns: ['', 'phase', 'ms'],
  rows: [...wakes].flatMap(([name, samples]) =>
    markMedians(samples).map(([mark, ms]) => [name, mark, formatNumber(ms)]),
  ),
})

export const wake: Part = { name: 'wake', expectedSeconds: rounds * 50, run }
