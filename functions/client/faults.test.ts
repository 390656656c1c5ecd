// What lies between a client and the functions: a proxy that loses, refuses and delays what it passes on.
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { listen } from '../../scripts/services/free-port.ts'
import { createTestBackend } from '../whole-system-tests/test-backend.ts'
import { ApiProblem, createClient, memoryTokens } from './index.ts'

const backend = await createTestBackend()

type Fault = 'cut in the body' | 'cut before the status' | 'busy' | 'moved' | 'never answered'
/** The next request to this address meets the fault. */
let next: { readonly address: string; readonly fault: Fault } | undefined
const passed: { readonly name: string; readonly headers: IncomingHttpHeaders }[] = []

const proxy: Server = createServer(async (request, response) => {
  const body = await buffer(request)
  const name = `${request.method} ${request.url}`
  passed.push({ name, headers: request.headers })
  const fault = next?.address === name ? next.fault : undefined
  if (fault !== undefined) next = undefined
  if (fault === 'never answered') return
  if (fault === 'busy') return void response.writeHead(503, { 'retry-after': '0' }).end('busy')
  if (fault === 'moved') return void response.writeHead(301, { location: request.url }).end()
  const { 'content-type': type = '', authorization = '', 'idempotency-key': key } = request.headers
  const answer = await fetch(`${backend.baseUrl}${request.url}`, {
    method: request.method ?? 'GET',
    headers: {
      'content-type': type,
      authorization,
      ...(typeof key === 'string' && { 'idempotency-key': key }),
    },
    ...(body.length > 0 && { body }),
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  if (fault === 'cut before the status') return void response.destroy()
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
  if (fault === 'cut in the body') return cut(response, bytes)
  response.end(bytes)
})
afterAll(() => {
  proxy.closeAllConnections()
  proxy.close()
})

/** Ends the connection after half of the body, when that is sent. */
const cut = (response: ServerResponse, bytes: Buffer) =>
  void response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy())

// With the slash that an address is often copied with.
const baseUrl = `http://127.0.0.1:${await listen(proxy)}/`

const tokens = memoryTokens()
const api = createClient({ baseUrl, tokens })
await api.register({
  body: { email: 'faults@example.com', username: 'faults', password: 'a long walk by the sea' },
})

function meet(address: string, fault: Fault): void {
  next = { address, fault }
  passed.length = 0
}
function expire(): void {
  const current = tokens.get()
  if (current !== undefined) tokens.set({ ...current, expiresAtMs: 0 })
}

const faults = ['cut in the body', 'cut before the status', 'busy'] as const

test.each(faults)('a create that is %s is sent again with its key, and done once', async fault => {
  meet('POST /posts', fault)
  const { data } = await api.createPost({ body: { title: `Once: ${fault}`, body: 'x' } })
  expect(data.title).toBe(`Once: ${fault}`)
  const keys = passed.map(({ headers }) => headers['idempotency-key'])
  expect([keys.length, new Set(keys).size]).toEqual([2, 1])
  const { items } = (await api.listPosts({ query: { author: 'faults' } })).data
  expect(items.filter(({ title }) => title === data.title)).toHaveLength(1)
})

test('a create that is redirected, so that its list is read, is not taken for done', async () => {
  meet('POST /posts', 'moved')
  const created = api.createPost({ body: { title: 'Moved', body: 'x' } })
  await expect(created).rejects.toMatchObject({ code: 'no_problem', message: /^Nothing was created/ })
  expect(passed.map(({ name }) => name)).toEqual(['POST /posts', 'GET /posts'])
})

test.each(faults)('a private read that is %s is sent again', async fault => {
  meet('GET /profile', fault)
  expect((await api.getOwnProfile()).data.username).toBe('faults')
  expect(passed).toHaveLength(2)
})

// The server takes a token again for ten seconds after its use.
test.each(faults)('a refresh that is %s is sent again, and the session continues', async fault => {
  expire()
  meet('POST /auth/refresh', fault)
  await Promise.all(Array.from({ length: 5 }, () => api.getOwnProfile()))
  expect(passed.filter(({ name }) => name === 'POST /auth/refresh')).toHaveLength(2)
})

test('an error that is cut in its body is asked for again', async () => {
  meet('GET /posts/nowhere', 'cut in the body')
  await expect(api.getPost({ path: { slug: 'nowhere' } })).rejects.toMatchObject({ code: 'not_found' })
})

test('a call that is aborted ends at once, while the refresh goes on for the others', async () => {
  expire()
  meet('POST /auth/refresh', 'never answered')
  const controller = new AbortController()
  const aborted = api.getOwnProfile({ signal: controller.signal })
  const other = api.getOwnProfile()
  await expect.poll(() => passed.length).toBe(1)
  controller.abort()
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError' })
  proxy.closeAllConnections()
  expect((await other).data.username).toBe('faults')
})

test.each([
  ['3', 3],
  [new Date(Date.now() - 60_000).toUTCString(), 0],
  ['Fri, 31 Dec 2999 23:59:59 GMT', expect.any(Number)],
  ['soon', undefined],
  ['', undefined],
])('Retry-After: %s', (value, seconds) => {
  const { retryAfterSeconds } = new ApiProblem(503, new Headers({ 'retry-after': value }), undefined)
  expect(retryAfterSeconds).toEqual(seconds)
})
