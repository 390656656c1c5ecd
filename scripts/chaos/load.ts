// Steady mixed load: readers and writers at a fixed rate, whether or not earlier requests are answered.
import { randomUUID } from 'node:crypto'
import type { Endpoint } from '../cluster/http-probe.ts'
import { sendAtRate } from './at-rate.ts'
import type { Exchange } from './exchanges.ts'
import { createGatewayFetch } from './gateway-fetch.ts'
import type { Ledger } from './ledger.ts'
import { createPeople, type Person, type Post } from './people.ts'
import { createWatchedPost } from './watched-post.ts'

/** Beyond these nothing is sent until one is answered: the load stays bounded while nothing responds. */
const maxRunning = 150
/** The limit per client address is 30 sign-ins and registrations in a minute. */
const signInsPerSecond = 10 / 60
const firstPeople = 4
/** The newest ones: enough for the limits per account, and each has something to read. */
const keptPeople = 20
const keptPosts = 200

export type Load = Awaited<ReturnType<typeof startLoad>>

const pick = <Item>(items: readonly Item[]): Item => {
  const item = items[Math.floor(Math.random() * items.length)]
  if (item === undefined) throw new Error('the load has nothing to read yet')
  return item
}

export async function startLoad(endpoint: Endpoint, ledger: Ledger, rate: number) {
  let exchanges: Exchange[] = []
  let givenUp: string[] = []
  const fetch = createGatewayFetch(endpoint, exchange => exchanges.push(exchange))
  const { register, signIn, newClient } = createPeople({
    baseUrl: `https://${endpoint.authority}`,
    fetch,
    ledger,
  })
  const people: Person[] = []
  const posts: Post[] = []
  const reader = newClient()

  async function newPerson(): Promise<void> {
    people.push(await register())
    if (people.length > keptPeople) people.shift()
  }
  async function newPost(): Promise<void> {
    const author = pick(people)
    const title = `chaos ${randomUUID()}`
    const body = { title, body: `The text of ${title}.`, summary: 'version 1', tags: ['chaos'] }
    const { data } = await author.client.createPost({ body })
    ledger.acknowledge('post', title)
    posts.push({ slug: data.slug, title, author })
    if (posts.length > keptPosts) posts.shift()
  }
  async function comment(): Promise<void> {
    const body = `chaos ${randomUUID()}`
    await pick(people).client.createComment({ path: { slug: pick(posts).slug }, body: { body } })
    ledger.acknowledge('comment', body)
  }
  async function favorite(): Promise<void> {
    const [person, { slug, title }] = [pick(people), pick(posts)]
    await person.client.addFavoritePost({ path: { slug } })
    ledger.acknowledge('favorite', `${person.username} ${title}`)
  }
  async function follow(): Promise<void> {
    const person = pick(people)
    const { username } = pick(people.filter(other => other !== person))
    await person.client.followProfile({ path: { username } })
    ledger.acknowledge('follow', `${person.username} ${username}`)
  }

  for (let count = 0; count < firstPeople; count += 1) await newPerson()
  for (let count = 0; count < firstPeople; count += 1) await newPost()
  const watched = await createWatchedPost({ author: pick(people), newClient, ledger })

  const list = () => reader.listPosts({ query: { limit: 10 } })
  const readPost = () => reader.getPost({ path: { slug: pick(posts).slug } })
  const readProfile = () => reader.getProfile({ path: { username: pick(people).username } })
  const readOwn = () => pick(people).client.getOwnProfile()
  const comments = () => reader.listComments({ path: { slug: pick(posts).slug } })
  const half = [list, watched.readAsReader, readPost, watched.readAsAuthor, comment, readProfile, newPost]
  const rest = [list, watched.readAsReader, comments, favorite, readOwn, watched.change, follow, readPost]
  const cycle: readonly (() => Promise<unknown>)[] = [...half, ...rest]
  let isPaused = false
  let turn = 0
  const requests = sendAtRate(
    async () => {
      const call = cycle[turn++ % cycle.length]
      if (!isPaused) await call?.().catch(error => givenUp.push(`${call.name}: ${error}`))
    },
    { perSecond: rate, maxRunning },
  )
  // A sign-in is not sent again: a person does that.
  const signIns = sendAtRate(
    async () => {
      if (!isPaused) await (turn % 2 === 0 ? newPerson() : signIn(pick(people)))
    },
    { perSecond: signInsPerSecond, maxRunning },
  )

  return {
    get exchanges() {
      return exchanges
    },
    /** Calls that failed after all retries, where a retry is safe. */
    get givenUp() {
      return givenUp
    },
    /** Forgets the exchanges of the last fault. */
    forget() {
      ;[exchanges, givenUp] = [[], []]
    },
    pause() {
      isPaused = true
    },
    resume() {
      isPaused = false
    },
    /** Resolves when nothing is in flight. */
    stop: () => Promise.all([requests.stop(), signIns.stop()]),
  }
}
