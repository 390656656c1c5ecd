import { Agent } from 'node:http'
import { seed } from '../../seed/run.ts'
import { sizeOf } from '../../seed/statements.ts'
import { type Bench, type Part, programOf } from '../bench.ts'
import { choosePlace, chooseWords, cursorsOf, type Known, type Words } from '../growth/known.ts'
import { type List, lists } from '../growth/lists.ts'
import { once, type Target } from '../load.ts'
import { formatNumber, type Goal, type Section } from '../report/model.ts'
import { interleave, median } from '../samples.ts'
import { startServer, writeCodeCache } from '../server.ts'

/** GROWTH_SIZES=10000,100000 leaves out the million, which takes minutes to write. */
const sizes = (process.env['GROWTH_SIZES'] ?? '10000,100000,1000000').split(',').map(Number)
const requestsPerRound = 20
const rounds = 5
/** A process keeps what anyone may see for 250 ms. */
const single = { requestsPerRound: 4, pauseMs: 260 }

interface Place {
  readonly posts: number
  readonly port: number
  readonly known: Known
  readonly authorization: Readonly<Record<'followsMany' | 'followsFew', string>>
}

/** A database with its posts, and the function that reads it. */
interface Filled extends Pick<Place, 'posts' | 'port'> {
  readonly ownerUrl: string
  readonly words: Words
}

async function run(bench: Bench): Promise<Section> {
  const [build] = bench.builds
  if (build === undefined) throw new Error('there is no build')
  await using running = new AsyncDisposableStack()
  const places: Place[] = []
  let words: Words | undefined
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
    words ??= await chooseWords(ownerUrl)
    places.push(await placeOf(bench, { posts, port: server.port, ownerUrl, words }))
    bench.onProgress((0.6 * (index + 1)) / sizes.length)
  }
  return await measure(places, round => bench.onProgress(0.6 + (0.4 * round) / rounds))
}

async function placeOf(
  { services }: Pick<Bench, 'services'>,
  { posts, port, ownerUrl, words }: Filled,
): Promise<Place> {
  const chosen = await choosePlace(ownerUrl)
  const bearer = async (account: keyof Known['readers']) =>
    `Bearer ${await services.signToken(chosen.readers[account])}`
  const authorization = {
    followsMany: await bearer('followsMany'),
    followsFew: await bearer('followsFew'),
  }
  const pages = {
    newest: await cursorsOf(port, '/posts?limit=12', authorization.followsMany),
    feedOfMany: await cursorsOf(port, '/posts/feed?limit=12', authorization.followsMany),
    feedOfFew: await cursorsOf(port, '/posts/feed?limit=12', authorization.followsFew),
  }
  return { posts, port, known: { ...chosen, words, pages }, authorization }
}

async function measure(places: readonly Place[], onRound: (round: number) => void): Promise<Section> {
  const contenders = places.flatMap(place =>
    lists.map(list => ({ name: `${list.name}, ${place.posts}`, measure: asking(place, list) })),
  )
  await interleave(1, contenders)
  const results = await interleave(rounds, contenders, onRound)
  return sectionOf(name => (results.get(name) ?? []).flat())
}

/** Milliseconds of some requests, one after the other; the next time it goes on with others. */
function asking({ port, known, authorization }: Place, list: List): () => Promise<number[]> {
  let n = 0
  return async () => {
    const agent = new Agent({ keepAlive: true })
    const samples: number[] = []
    const requests = list.isSingle ? single.requestsPerRound : requestsPerRound
    for (const last = n + requests; n < last; n += 1) {
      if (list.isSingle) await new Promise(resolve => setTimeout(resolve, single.pauseMs))
      const target: Target = {
        name: list.name,
        port,
        method: 'GET',
        paths: [list.path(n, known)],
        // What a process keeps is only for those without a token.
        headers: { authorization: authorization[list.reader ?? 'followsMany'] },
        status: 200,
      }
      const startMs = performance.now()
      await once(target, agent)
      samples.push(performance.now() - startMs)
    }
    agent.destroy()
    return samples
  }
}

function sectionOf(samplesOf: (name: string) => readonly number[]): Section {
  const [smallest = 0, largest = 0] = [sizes[0], sizes.at(-1)]
  const at = (list: List, posts: number) => samplesOf(`${list.name}, ${posts}`)
  return {
    part: 'growth',
    title: 'Growth',
    how: `Whole answers over HTTP without Redis, ${rounds} rounds of ${requestsPerRound} different requests one after the other, interleaved over databases of ${sizes.map(formatNumber).join(', ')} posts. A reader follows as many at every size, and a page has as many items; a sitemap has all posts of its day, so it has no goal.`,
    goals: lists
      .filter(list => !list.grows)
      .map(
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

export const growth: Part = { name: 'growth', expectedSeconds: 500, run }
