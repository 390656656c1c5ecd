import { describe, expect, test } from 'vitest'
import { createTestBackend } from '../whole-system-tests/test-backend.ts'
import { ApiProblem, createClient, memoryTokens } from './index.ts'

const { baseUrl } = await createTestBackend()

type Fetch = typeof fetch
type Reply = (request: Request, next: Fetch) => Response | Promise<Response>

/** A `fetch` that notes what is sent, and lets a test answer in the server's place. */
function watchedFetch(reply: Reply = (request, next) => next(request)) {
  const sent: Request[] = []
  const watched: Fetch = async (input, init) => {
    const request = new Request(input, init)
    sent.push(request.clone())
    return reply(request, fetch)
  }
  return { sent, fetch: watched }
}

let accounts = 0
async function signedIn(reply?: Reply) {
  const { sent, fetch } = watchedFetch(reply)
  const tokens = memoryTokens()
  const api = createClient({ baseUrl, tokens, fetch })
  accounts += 1
  const username = `reader-${accounts}`
  await api.register({
    body: { email: `${username}@example.com`, username, password: 'a long walk by the sea' },
  })
  return { api, sent, tokens, username }
}

const article = { title: 'Hello', body: 'A *first* post.' }

describe('a session', () => {
  test('tokens are stored by signing in, sent by calls, and forgotten by signing out', async () => {
    const { api, tokens, username } = await signedIn()
    expect((await api.getOwnProfile()).data.username).toBe(username)
    const { refreshToken } = tokens.get() ?? { refreshToken: '' }
    await api.logOut({ body: { refreshToken } })
    expect(tokens.get()).toBeUndefined()
    await expect(api.getOwnProfile()).rejects.toMatchObject({ status: 401, code: 'unauthenticated' })
  })

  test('ten calls with an expired token refresh it once', async () => {
    const { api, tokens, sent } = await signedIn()
    const current = tokens.get()
    if (current === undefined) throw new Error('not signed in')
    tokens.set({ ...current, expiresAtMs: Date.now() })
    await Promise.all(Array.from({ length: 10 }, () => api.getOwnProfile()))
    expect(sent.filter(({ url }) => url.endsWith('/auth/refresh'))).toHaveLength(1)
  })

  test('a token that the server refuses is renewed, and the call sent again', async () => {
    const { api, tokens } = await signedIn()
    const current = tokens.get()
    if (current === undefined) throw new Error('not signed in')
    tokens.set({ ...current, accessToken: `${current.accessToken.slice(0, -4)}AAAA` })
    expect((await api.getAccount()).status).toBe(200)
  })

  test.each([43, 300])('a session that has ended is forgotten, by a token of %i characters', async length => {
    const { api, tokens } = await signedIn()
    tokens.set({ accessToken: 'a.b.c', refreshToken: 'A'.repeat(length), expiresAtMs: 0 })
    await expect(api.getOwnProfile()).rejects.toBeInstanceOf(ApiProblem)
    expect(tokens.get()).toBeUndefined()
  })
})

describe('what fails on the way', () => {
  test('a create whose answer is lost is sent again with the same key, and done once', async () => {
    let isLost = false
    const { api, sent, username } = await signedIn(async (request, next) => {
      const response = await next(request)
      if (request.method !== 'POST' || !request.url.endsWith('/posts') || isLost) return response
      isLost = true
      throw new TypeError('connection lost')
    })
    await api.createPost({ body: article })
    const creates = sent.filter(({ method, url }) => method === 'POST' && url.endsWith('/posts'))
    expect(creates).toHaveLength(2)
    expect(new Set(creates.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1)
    expect((await api.listPosts({ query: { author: username } })).data.items).toHaveLength(1)
  })

  test('503 and 429 are tried again; a wait beyond the bound is not waited for', async () => {
    const refusing = (status: number, retryAfter: string) => {
      let refused = 0
      return watchedFetch((request, next) => {
        refused += 1
        return refused > 2
          ? next(request)
          : new Response(null, { status, headers: { 'retry-after': retryAfter } })
      })
    }
    const passing = refusing(503, '0')
    expect((await createClient({ baseUrl, fetch: passing.fetch }).listPosts()).status).toBe(200)
    expect(passing.sent).toHaveLength(3)
    const long = refusing(429, '60')
    const waiting = createClient({ baseUrl, fetch: long.fetch }).listPosts()
    await expect(waiting).rejects.toMatchObject({ status: 429, code: 'no_problem', retryAfterSeconds: 60 })
    expect(long.sent).toHaveLength(1)
  })

  test('a change without a key is not sent twice', async () => {
    const { sent, fetch } = watchedFetch(() => Promise.reject(new TypeError('connection lost')))
    const registering = createClient({ baseUrl, fetch }).register({
      body: { email: 'a@example.com', username: 'somebody', password: 'a long walk by the sea' },
    })
    await expect(registering).rejects.toThrow('connection lost')
    expect(sent).toHaveLength(1)
  })

  test('an aborted call ends at once, also between two attempts', async () => {
    const controller = new AbortController()
    const { sent, fetch } = watchedFetch(() => {
      queueMicrotask(() => controller.abort())
      return new Response(null, { status: 503, headers: { 'retry-after': '5' } })
    })
    const call = createClient({ baseUrl, fetch }).listPosts({ signal: controller.signal })
    await expect(call).rejects.toMatchObject({ name: 'AbortError' })
    expect(sent).toHaveLength(1)
  })

  test('problems can be switched on, and name what was refused', async () => {
    const { api } = await signedIn()
    const call = api.createPost({ body: { ...article, title: '' } })
    await expect(call).rejects.toMatchObject({ code: 'invalid_body', errors: [{ path: 'title' }] })
  })
})

test('a representation that has not changed is not sent again', async () => {
  const { api, sent } = await signedIn()
  const { data } = await api.createPost({ body: article })
  const statuses: number[] = []
  const anyone = createClient({
    baseUrl,
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      statuses.push(response.status)
      return response
    },
  })
  const first = await anyone.getPost({ path: { slug: data.slug } })
  const second = await anyone.getPost({ path: { slug: data.slug } })
  expect(statuses).toEqual([200, 304])
  expect(second.data).toEqual(first.data)
  expect(second.etag).toBe(first.etag)
  expect(sent.length).toBeGreaterThan(0)
})

test('changes are made to the version that was read', async () => {
  const { api } = await signedIn()
  const created = await api.createPost({ body: article })
  const path = { slug: created.data.slug }
  const headers = { 'If-Match': created.etag ?? '' }
  await api.changePost({ path, headers, body: { title: 'Changed' } })
  const late = api.changePost({ path, headers, body: { title: 'Too late' } })
  await expect(late).rejects.toMatchObject({ status: 412, code: 'precondition_failed' })
})

test('the items of all pages, one page at a time', async () => {
  const { api, sent, username } = await signedIn()
  for (let n = 0; n < 5; n += 1) await api.createPost({ body: { ...article, title: `Post ${n}` } })
  const titles: string[] = []
  const lists = () => sent.filter(({ method, url }) => method === 'GET' && url.includes('/posts?')).length
  for await (const { title } of api.pages('listPosts', { query: { author: username, limit: 2 } })) {
    titles.push(title)
    expect(lists()).toBe(Math.ceil(titles.length / 2))
  }
  expect(titles).toEqual(['Post 4', 'Post 3', 'Post 2', 'Post 1', 'Post 0'])
})
