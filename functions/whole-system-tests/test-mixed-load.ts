import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { expect } from 'vitest'

const kinds = ['cached post', 'cached profile', 'comments', 'write', 'favorite'] as const
type Kind = (typeof kinds)[number]

export interface Outcome {
  readonly kind: Kind
  readonly status: number
  readonly retryAfter: string | null
  readonly latencyMs: number
}

export interface MixedLoad {
  /** Ends the load and resolves when every request has been answered. */
  end(): Promise<readonly Outcome[]>
  /** Titles of the posts whose creation was acknowledged, and the keys of those whose creation was not. */
  readonly acknowledged: ReadonlySet<string>
  readonly unanswered: ReadonlyMap<string, string>
  /** Resolves when it has gone on for so many seconds. */
  lasts(seconds: number): Promise<void>
  /** Sends a creation again with its key. */
  create(key: string, title: string): Promise<number>
}

const everyMs = 100
const password = 'a long walk by the sea'

const jsonOf = async <Entries extends v.ObjectEntries>(response: Response, entries: Entries) => {
  expect(response.status).toBe(201)
  return v.parse(v.object(entries), await response.json())
}

/** An account with one post, and a client that sends 10 requests a second of each kind, whatever the answers are. */
export async function createMixedLoad(baseUrl: string): Promise<{ start(): MixedLoad }> {
  const name = `load-${randomUUID().slice(0, 8)}`
  const json = { 'content-type': 'application/json' }
  const registered = await fetch(`${baseUrl}/auth/register`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ email: `${name}@example.test`, username: name, password }),
  })
  const { accessToken } = await jsonOf(registered, { accessToken: v.string() })
  const authorization = `Bearer ${accessToken}`

  const createPost = (key: string, title: string) =>
    fetch(`${baseUrl}/posts`, {
      method: 'POST',
      headers: { ...json, authorization, 'idempotency-key': key },
      body: JSON.stringify({ title, body: 'Written under load.', tags: ['load'] }),
    })
  const create = async (title: string) => {
    const created = await jsonOf(await createPost(randomUUID(), `${name} ${title}`), { slug: v.string() })
    return created.slug
  }
  // A write invalidates the copies of what it changes, so reads of an untouched post continue in an outage.
  const [untouched, slug] = [await create('untouched'), await create('favorite')]

  return {
    start() {
      const acknowledged = new Set<string>()
      const unanswered = new Map<string, string>()
      const inFlight: Promise<Outcome>[] = []
      let sent = 0

      const measure = async (kind: Kind, request: () => Promise<Response>): Promise<Outcome> => {
        const startMs = performance.now()
        const response = await request()
        await response.arrayBuffer()
        const latencyMs = performance.now() - startMs
        return { kind, status: response.status, retryAfter: response.headers.get('retry-after'), latencyMs }
      }
      const write = async () => {
        const key = randomUUID()
        const title = `Under load ${key}`
        unanswered.set(key, title)
        const response = await createPost(key, title)
        if (response.status === 201) {
          unanswered.delete(key)
          acknowledged.add(title)
        }
        return response
      }
      const requests: Readonly<Record<Kind, () => Promise<Response>>> = {
        'cached post': () => fetch(`${baseUrl}/posts/${untouched}`),
        'cached profile': () => fetch(`${baseUrl}/profile/${name}`),
        comments: () => fetch(`${baseUrl}/posts/${slug}/comments`),
        write,
        favorite: () =>
          fetch(`${baseUrl}/posts/${slug}/favorite`, {
            method: sent % 2 === 0 ? 'PUT' : 'DELETE',
            headers: { authorization },
          }),
      }
      const waiting = new Map<() => void, number>()
      const timer = setInterval(() => {
        sent += 1
        for (const [resolve, until] of waiting) if (sent >= until) resolve()
        for (const kind of kinds) inFlight.push(measure(kind, requests[kind]))
      }, everyMs)

      return {
        acknowledged,
        unanswered,
        lasts: seconds => new Promise(resolve => waiting.set(resolve, sent + (seconds * 1_000) / everyMs)),
        create: async (key, title) => (await createPost(key, title)).status,
        end: () => {
          clearInterval(timer)
          return Promise.all(inFlight)
        },
      }
    },
  }
}

/** Requests by kind and status, with the longest latency, for a person to read. */
export function summarize(outcomes: readonly Outcome[]): Readonly<Record<string, string>> {
  const by = Object.groupBy(outcomes, ({ kind }) => kind)
  return Object.fromEntries(
    kinds.map(kind => {
      const some = by[kind] ?? []
      const counts = Object.entries(Object.groupBy(some, ({ status }) => status)).map(
        ([status, all = []]) => `${status} × ${all.length}`,
      )
      const longestMs = Math.max(...some.map(({ latencyMs }) => latencyMs))
      return [kind, `${counts.join(', ')}; longest ${Math.round(longestMs)} ms`]
    }),
  )
}
