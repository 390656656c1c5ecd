import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { seed } from '../../seed/run.ts'
import { type Benchmark, type Part, startFunction } from '../benchmark.ts'
import { type Dataset, findAccounts, findWords, readCursors, type Words } from '../growth/dataset.ts'
import { type List, lists } from '../growth/lists.ts'
import { requestOnce } from '../http-load.ts'
import { between, interleave, type Results } from '../interleave.ts'
import { atMost, type Section } from '../report/model.ts'
import { curve, distribution } from '../report/plots.ts'
import { formatCell } from '../report/table.ts'
import type { Server } from '../server.ts'
import { median } from '../statistics.ts'

/** The million takes minutes to write. */
const sizes = [10_000, 100_000, 1_000_000]
const requestsPerRound = 20
const rounds = 5
/** For a single list, which a process caches for 250 ms. */
const single = { requestsPerRound: 4, pauseMs: 260 }

/** A database of one size, and the function that reads it. */
interface Instance {
  readonly posts: number
  readonly port: number
  readonly dataset: Dataset
  readonly authorization: Readonly<Record<'followsMany' | 'followsFew', string>>
}

async function run(benchmark: Benchmark): Promise<Section> {
  await using servers = new AsyncDisposableStack()
  const instances: Instance[] = []
  let words: Words | undefined
  for (const posts of sizes) {
    const { folder } = benchmark.builds[0]
    const { ownerUrl, environmentOf } = await benchmark.services.createDatabase(`growth_${posts}`, folder)
    await seed(ownerUrl, posts)
    // Nothing listens on port 1: without Redis, every response comes from Postgres.
    const environment = { REDIS_URL: 'redis://127.0.0.1:1' }
    const server = servers.use(await startFunction({ folder, environmentOf }, 'posts', environment))
    await server.loaded
    words ??= await findWords(ownerUrl)
    instances.push(await describe(benchmark, posts, server, ownerUrl, words))
    benchmark.onProgress((0.6 * instances.length) / sizes.length)
  }
  const entries = instances.flatMap(instance =>
    lists.map(list => ({ label: labelOf(list, instance.posts), measure: createSampler(instance, list) })),
  )
  await interleave(1, entries, ({ measure }) => measure())
  const results = await interleave(
    rounds,
    entries,
    ({ measure }) => measure(),
    between(0.6, 1, benchmark.onProgress),
  )
  return sectionOf(results)
}

const labelOf = (list: List, posts: number) => `${list.name}, ${formatCell(posts)}`

async function describe(
  { services }: Benchmark,
  posts: number,
  { port }: Server,
  ownerUrl: string,
  words: Words,
): Promise<Instance> {
  const accounts = await findAccounts(ownerUrl)
  const [followsMany, followsFew] = [
    `Bearer ${await services.signToken(accounts.readers.followsMany)}`,
    `Bearer ${await services.signToken(accounts.readers.followsFew)}`,
  ]
  const cursors = {
    newest: await readCursors(port, '/posts?limit=12', followsMany),
    feedOfMany: await readCursors(port, '/posts/feed?limit=12', followsMany),
    feedOfFew: await readCursors(port, '/posts/feed?limit=12', followsFew),
  }
  return { posts, port, dataset: { ...accounts, words, cursors }, authorization: { followsMany, followsFew } }
}

/** Returns a function that measures the next requests of the list, one after the other, in milliseconds. */
function createSampler({ port, dataset, authorization }: Instance, list: List): () => Promise<number[]> {
  let n = 0
  // With a token, since a process caches responses only for those without one.
  const headers = { authorization: authorization[list.followsFew ? 'followsFew' : 'followsMany'] }
  const request = { name: list.name, port, method: 'GET', headers, status: 200 } as const
  return async () => {
    const agent = new Agent({ keepAlive: true })
    const samples: number[] = []
    const end = n + (list.isSingle ? single.requestsPerRound : requestsPerRound)
    for (; n < end; n += 1) {
      if (list.isSingle) await sleep(single.pauseMs)
      const startMs = performance.now()
      await requestOnce({ ...request, paths: [list.path(n, dataset)] }, agent)
      samples.push(performance.now() - startMs)
    }
    agent.destroy()
    return samples
  }
}

function sectionOf(results: Results<number[]>): Section {
  const samplesOf = (list: List, posts: number) => results.of({ label: labelOf(list, posts) }).flat()
  const [smallest = 0, largest = 0] = [sizes[0], sizes.at(-1)]
  const medianOf = (list: List, posts: number) => median(samplesOf(list, posts))
  return {
    title: 'Growth',
    how: `Whole responses over HTTP without Redis, ${rounds} rounds of ${requestsPerRound} different requests one after the other, interleaved over databases of ${sizes.map(formatCell).join(', ')} posts. A reader follows as many accounts and a page has as many items at every size; a sitemap has all posts of its day, so it has no goal.`,
    goals: lists
      .filter(list => !list.grows)
      .map(list => {
        const what = `${list.name}: median at ${formatCell(largest)} posts against ${formatCell(smallest)}`
        return atMost(1.5, '×', what, medianOf(list, largest) / medianOf(list, smallest))
      }),
    samples: results,
    figures: [
      curve(
        'Median time over the number of posts',
        { x: 'posts', y: 'ms', scale: 'log' },
        lists.map(list => ({ name: list.name, points: sizes.map(posts => [posts, medianOf(list, posts)]) })),
      ),
      distribution(
        'Every request',
        lists.flatMap(list =>
          sizes.map(posts => ({ name: labelOf(list, posts), samples: samplesOf(list, posts) })),
        ),
      ),
    ],
  }
}

export const growth: Part = { name: 'growth', expectedSeconds: () => 500, run }
