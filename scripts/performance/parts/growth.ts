import { randomUUID } from 'node:crypto'
import { Agent } from 'node:http'
import * as v from 'valibot'
import { AccountIdSchema } from '../../../functions/shared/ids.ts'
import { createLog } from '../../../functions/shared/log.ts'
import { openDatabase } from '../../../functions/shared/postgres/database.ts'
import { seed } from '../../seed/run.ts'
import { sizeOf } from '../../seed/statements.ts'
import { type Bench, type Part, programOf } from '../bench.ts'
import { once, type Target } from '../load.ts'
import { formatNumber, type Goal, type Section } from '../report/model.ts'
import { interleave, median } from '../samples.ts'
import { startServer, writeCodeCache } from '../server.ts'

/** GROWTH_SIZES=10000,100000 leaves out the million, which takes minutes to write. */
const sizes = (process.env['GROWTH_SIZES'] ?? '10000,100000,1000000').split(',').map(Number)
const requestsPerRound = 20
const rounds = 5

interface Place {
  readonly posts: number
  readonly port: number
  /** Of the account whose feed is read. */
  readonly authorization: string
}

interface List {
  readonly name: string
  path(n: number, words: readonly string[]): string
  readonly needsAccount?: true
}

/** Each request asks for something else, so that none is answered from a cache. */
const lists: readonly List[] = [
  { name: 'newest posts', path: n => `/posts?limit=${10 + (n % 40)}` },
  { name: 'most liked posts', path: n => `/posts?order=favorites&limit=${10 + (n % 40)}` },
  { name: 'posts of a tag', path: n => `/posts?tag=tag-${n % 50}&limit=20` },
  { name: 'posts of an author', path: n => `/posts?author=seed-${n}&limit=20` },
  { name: 'search', path: (n, words) => `/posts?q=${words[n % words.length]}&limit=${10 + (n % 30)}` },
  { name: 'feed', path: n => `/posts/feed?limit=${10 + (n % 40)}`, needsAccount: true },
]

async function run(bench: Bench): Promise<Section> {
  const [build] = bench.builds
  if (build === undefined) throw new Error('there is no build')
  await using running = new AsyncDisposableStack()
  const places: Place[] = []
  for (const [index, posts] of sizes.entries()) {
    const name = `growth_${posts}`
    const ownerUrl = await bench.services.createDatabase(name)
    await seed(ownerUrl, sizeOf(posts), () => undefined)
    const env = bench.services.environment('posts', name)
    writeCodeCache(programOf(build, 'posts'), env)
    // Nothing listens on port 1: without Redis, all is read from Postgres.
    const server = await startServer(programOf(build, 'posts'), { ...env, REDIS_URL: 'redis://127.0.0.1:1' })
    running.defer(server.stop)
    await server.loaded
    places.push({ posts, port: server.port, authorization: await tokenOf(bench, ownerUrl) })
    bench.onProgress((0.7 * (index + 1)) / sizes.length)
  }
  const words = await wordsOf(places[0]?.port ?? 0)
  const contenders = places.flatMap(place =>
    lists.map(list => ({ name: `${list.name}, ${place.posts}`, measure: () => ask(place, list, words) })),
  )
  await interleave(1, contenders)
  const results = await interleave(rounds, contenders, round =>
    bench.onProgress(0.7 + (0.3 * round) / rounds),
  )
  return sectionOf(name => (results.get(name) ?? []).flat())
}

/** Milliseconds of some requests, one after the other. */
async function ask({ port, authorization }: Place, list: List, words: readonly string[]): Promise<number[]> {
  const agent = new Agent({ keepAlive: true })
  const samples: number[] = []
  for (let n = 0; n < requestsPerRound; n += 1) {
    const target: Target = {
      name: list.name,
      port,
      method: 'GET',
      paths: [list.path(n, words)],
      headers: list.needsAccount ? { authorization } : {},
      status: 200,
    }
    const startMs = performance.now()
    await once(target, agent)
    samples.push(performance.now() - startMs)
  }
  agent.destroy()
  return samples
}

const Titles = v.object({ items: v.array(v.object({ title: v.string() })) })

/** Words that are searched for at every size: those of some titles. */
async function wordsOf(port: number): Promise<readonly string[]> {
  const target: Target = { name: 'titles', port, method: 'GET', paths: ['/posts?limit=20'], status: 200 }
  const { items } = v.parse(Titles, JSON.parse(await once(target, new Agent())))
  return items.flatMap(({ title }) => title.split(' '))
}

async function tokenOf(bench: Bench, ownerUrl: string): Promise<string> {
  const database = await openDatabase({ url: ownerUrl, poolSize: 1, log: createLog('growth', 'error') })
  try {
    const [row] = await database.query<{ id: string }>({
      name: 'select_reader',
      text: `select follower_id as id from profile.follows group by follower_id order by count(*) desc limit 1`,
    })
    return `Bearer ${await bench.services.signToken(v.parse(AccountIdSchema, row?.id ?? randomUUID()))}`
  } finally {
    await database.close()
  }
}

function sectionOf(samplesOf: (name: string) => readonly number[]): Section {
  const [smallest = 0, largest = 0] = [sizes[0], sizes.at(-1)]
  const at = (list: List, posts: number) => samplesOf(`${list.name}, ${posts}`)
  return {
    part: 'growth',
    title: 'Growth',
    how: `Whole answers over HTTP without Redis, ${rounds} rounds of ${requestsPerRound} different requests one after the other, interleaved over databases of ${sizes.map(formatNumber).join(', ')} posts.`,
    goals: lists.map(
      (list): Goal => ({
        what: `${list.name}: median at ${formatNumber(largest)} posts against ${formatNumber(smallest)}`,
        bound: 'at most',
        limit: 1.5,
        measured: median(at(list, largest)) / median(at(list, smallest)),
        unit: '×',
      }),
    ),
    figures: [
      {
        kind: 'curve',
        title: 'Median time over the number of posts',
        xLabel: 'posts',
        yLabel: 'ms',
        logarithmicX: true,
        lines: lists.map(list => ({
          name: list.name,
          points: sizes.map(posts => ({ x: posts, y: median(at(list, posts)) })),
        })),
      },
      {
        kind: 'distribution',
        title: 'Every request',
        unit: 'ms',
        series: lists.flatMap(list =>
          sizes.map(posts => ({
            name: `${list.name}, ${posts.toLocaleString('en')}`,
            samples: at(list, posts),
          })),
        ),
      },
    ],
  }
}

export const growth: Part = { name: 'growth', expectedSeconds: 400, run }
