import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import * as v from 'valibot'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLog } from '../log.ts'
import { publicGuards } from '../testing/public-guards.ts'
import { createBaseApp } from './base-app.ts'
import { findMatch } from './entity-tag.ts'
import { createResponseCache, storeResponse } from './response-cache.ts'
import { operation, route } from './route.ts'

const lines: string[] = []
const log = createLog('test', 'info', line => void lines.push(line))
const responseCache = createResponseCache(log)
const app = createBaseApp({ log, corsOrigins: ['https://app.test'] })

/** How often the app itself was called, and what it waits for. */
let asked = 0
let wait = Promise.resolve()
const getThing = operation({
  method: 'get',
  path: '/things/{id}',
  authentication: 'none',
  query: v.strictObject({ long: v.optional(v.string()), q: v.optional(v.string()) }),
  documentation: undefined,
})
route(app, publicGuards, getThing, async (c, { query: { long } }) => {
  asked += 1
  const text = long ? 'x'.repeat(Number(long)) : `thing ${asked}`
  await wait
  storeResponse(c, text, 'text/plain')
  const headers = { etag: `"${asked}"`, 'cache-control': 'public, max-age=0' }
  const match = findMatch(c.req.header('if-none-match'), headers.etag)
  if (match !== undefined) return c.body(null, 304, { ...headers, etag: match })
  return c.body(text, 200, { ...headers, 'content-type': 'text/plain' })
})
const fetch = responseCache.wrap(app.fetch)

function send(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  const incoming = { method, url: path, headers, socket: {} }
  // Only the members that are read: a real message has a socket (listener.test.ts).
  return fetch(new Request(`http://api.test${path}`, { method, headers }), { incoming: incoming as never })
}

async function ask(...request: Parameters<typeof send>) {
  const response = await send(...request)
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  responseCache.invalidate()
  asked = 0
  lines.length = 0
})
afterEach(() => {
  vi.useRealTimers()
})

it('replays a response for a quarter of a second, each time with its own request id and log line', async () => {
  const first = await ask('/things/1')
  const again = await ask('/things/1', { 'x-request-id': 'request-2' })
  expect(again).toEqual({ ...first, headers: { ...first.headers, 'x-request-id': 'request-2' } })
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({
    requestId: 'request-2',
    method: 'GET',
    route: '/things/:id',
    status: 200,
  })
  vi.advanceTimersByTime(249)
  expect((await ask('/things/1')).text).toBe('thing 1')
  vi.advanceTimersByTime(1)
  expect((await ask('/things/1')).text).toBe('thing 2')
  expect((await ask('/things/1?q=other')).text).toBe('thing 3')
})

it('replays 304 to a client that has the body already', async () => {
  await ask('/things/1')
  expect(await ask('/things/1', { 'if-none-match': 'W/"1"' })).toMatchObject({
    status: 304,
    text: '',
    headers: { etag: '"1"', 'cache-control': 'public, max-age=0' },
  })
  expect((await ask('/things/1', { 'if-none-match': '"other"' })).text).toBe('thing 1')
  expect(asked).toBe(1)
})

it('stores a response that was sent as 304', async () => {
  expect((await ask('/things/1', { 'if-none-match': '"1"' })).status).toBe(304)
  expect(await ask('/things/1')).toMatchObject({
    status: 200,
    text: 'thing 1',
    headers: { etag: '"1"', 'content-type': 'text/plain' },
  })
})

it('stores the responses to other origins separately, with the headers of CORS', async () => {
  const headers = { origin: 'https://app.test' }
  const first = await ask('/things/1')
  expect(first.headers).toMatchObject({ vary: 'Accept-Encoding, Origin' })
  for (let n = 0; n < 2; n += 1) {
    const { text, headers: answered } = await ask('/things/1', headers)
    expect(text).toBe('thing 2')
    expect(answered).toMatchObject({
      'access-control-allow-origin': 'https://app.test',
      vary: 'Accept-Encoding, Origin',
    })
    expect((await ask('/things/1')).headers).toEqual({ ...first.headers, 'x-request-id': expect.any(String) })
  }
  expect(asked).toBe(2)
})

it.each([
  ['with a token', { authorization: 'Bearer x' }, 'GET'],
  ['of another method', {}, 'HEAD'],
])('passes a request %s to the app, and keeps nothing of it', async (_, headers, method) => {
  expect((await ask('/things/1', headers, method)).headers).toMatchObject({ vary: 'Accept-Encoding, Origin' })
  expect((await ask('/things/1')).text).toBe('thing 2')
  await ask('/things/1', headers, method)
  expect(asked).toBe(3)
})

it('invalidates everything, also a response in progress during a change', async () => {
  await ask('/things/1')
  responseCache.invalidate()
  const released = Promise.withResolvers<void>()
  wait = released.promise
  const slow = ask('/things/1')
  responseCache.invalidate()
  released.resolve()
  expect((await slow).text).toBe('thing 2')
  expect((await ask('/things/1')).text).toBe('thing 3')
})

it.each([
  ['zstd', 'gzip, deflate, br, zstd', zstdDecompressSync],
  ['br', 'gzip, br', brotliDecompressSync],
  ['gzip', 'gzip;q=1.0, br;q=0.5, zstd;q=0', gunzipSync],
])(
  'sends a long text in %s to a client that accepts %j, under a tag of its own',
  async (coding, accepted, expand) => {
    const path = '/things/1?long=5000'
    const first = await ask(path)
    expect(first.headers).toMatchObject({ etag: '"1"', vary: 'Accept-Encoding, Origin' })
    const askCoded = (headers = {}) => send(path, { 'accept-encoding': accepted, ...headers })
    const coded = await vi.waitFor(async () => {
      const response = await askCoded()
      expect(response.headers.get('content-encoding')).toBe(coding)
      return response
    }, 10_000)
    expect(Object.fromEntries(coded.headers)).toMatchObject({
      etag: `"1+${coding}"`,
      'content-type': 'text/plain',
      vary: 'Accept-Encoding, Origin',
    })
    const bytes = Buffer.from(await coded.arrayBuffer())
    expect(bytes.length).toBeLessThan(500)
    expect(expand(bytes).toString()).toBe(first.text)
    expect((await ask(path)).text).toBe(first.text)
    // A 304 names the tag by which the client finds what it has.
    for (const tag of [`"1+${coding}"`, '"1"']) {
      const again = await askCoded({ 'if-none-match': `"0", W/${tag}` })
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, tag, ''])
    }
    expect(asked).toBe(1)
    responseCache.invalidate()
  },
)

it.each([undefined, 'identity', 'deflate', 'zstd;q=0, *;q=0'])(
  'never compresses for Accept-Encoding %j',
  async accepted => {
    for (let n = 0; n < 3; n += 1) {
      const { headers, text } = await ask(
        '/things/1?long=5000',
        accepted === undefined ? {} : { 'accept-encoding': accepted },
      )
      expect(headers).not.toHaveProperty('content-encoding')
      expect(text).toHaveLength(5_000)
    }
  },
)

it('stores at most the last 1,000 responses and 4 million characters', async () => {
  for (let n = 0; n <= 1_000; n += 1) await ask(`/things/${n}`)
  await ask('/things/1000')
  expect(asked).toBe(1_001)
  await ask('/things/0')
  expect(asked).toBe(1_002)

  for (const long of [3_000_000, 2_000_000, 5_000_000]) await ask(`/things/1?long=${long}`)
  asked = 0
  await ask('/things/1?long=2000000')
  expect(asked).toBe(0)
  for (const long of [3_000_000, 5_000_000]) await ask(`/things/1?long=${long}`)
  expect(asked).toBe(2)
})

it('stores the tag of the response itself after a 304 to a client that has it in a coding', async () => {
  const revalidated = await ask('/things/1', { 'if-none-match': '"1+zstd"' })
  expect(revalidated).toMatchObject({ status: 304, headers: { etag: '"1+zstd"' } })
  expect((await ask('/things/1')).headers).toMatchObject({ etag: '"1"' })
  expect(asked).toBe(1)
})
