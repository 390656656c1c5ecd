import { createServer, type IncomingMessage, type Server, request as send } from 'node:http'
import { text } from 'node:stream/consumers'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createLog } from '../log.ts'
import { publicGuards } from '../testing/public-guards.ts'
import { createBaseApp, refuseOtherMethods } from './base-app.ts'
import { cutOnFailure } from './cut-on-failure.ts'
import { readBody } from './input.ts'
import { createListener } from './listener.ts'
import { operation, route } from './route.ts'

const lines: string[] = []
const log = createLog('test', 'warn', line => void lines.push(line))
async function* failing(): AsyncGenerator<string> {
  yield 'first'
  throw new Error('Postgres is unavailable')
}
let server: Server
let port: number

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

beforeAll(async () => {
  const app = createBaseApp({ log, corsOrigins: ['https://app.test'] })
  const getThing = operation({
    method: 'get',
    path: '/things/{id}',
    authentication: 'none',
    pathParameters: v.object({ id: v.string() }),
    query: v.strictObject({ q: v.optional(v.string()) }),
    documentation: undefined,
  })
  route(app, publicGuards, getThing, (c, { params: { id }, query: { q } }) =>
    c.json({ id, q: q ?? null }, 200, { etag: '"1"' }),
  )
  app.get('/same', c => c.body(null, 304, { etag: '"1"' }))
  app.post('/things', async c => c.json(await readBody(c, v.object({ name: v.string() })), 201))
  app.delete('/things/:id', c => c.body(null, 204))
  app.get('/bytes', c => c.body(new Uint8Array([104, 105]), 200, { 'content-type': 'text/plain' }))
  app.get('/failing', c =>
    c.body(ReadableStream.from(cutOnFailure(c, log, failing())).pipeThrough(new TextEncoderStream())),
  )
  refuseOtherMethods(app)
  server = createServer(createListener(app.fetch))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})

afterAll(() => {
  server.close()
})

function ask(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = send({ port, method, path, headers, agent: false }, incoming => {
      const { statusCode: status, headers } = incoming
      text(incoming).then(body => resolve({ status, headers, body }), reject)
    })
    outgoing.once('error', reject).end(body)
  })
}

it('passes path, query and headers in, and status, headers and body out', async () => {
  const answer = await ask('GET', '/things/a%20b?q=%C3%BC', { 'x-request-id': 'request-1' })
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.body)).toEqual({ id: 'a b', q: 'ü' })
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(answer.body)),
    'x-request-id': 'request-1',
    etag: '"1"',
  })
  expect((await ask('GET', '/bytes')).body).toBe('hi')
})

it('responds to HEAD like GET without the body, and with 204 and 304 without a length', async () => {
  const head = await ask('HEAD', '/things/1')
  expect(head).toMatchObject({ status: 200, body: '', headers: { etag: '"1"' } })
  for (const [method, path, status] of [
    ['DELETE', '/things/1', 204],
    ['GET', '/same', 304],
  ] as const) {
    const answer = await ask(method, path)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-length']).toBeUndefined()
  }
})

it('reads a body, and responds to a refused one instead of closing the connection', async () => {
  const json = { 'content-type': 'application/json' }
  expect(await ask('POST', '/things', json, '{"name":"x"}')).toMatchObject({
    status: 201,
    body: '{"name":"x"}',
  })
  const chunked = { ...json, 'transfer-encoding': 'chunked' }
  const large = await ask('POST', '/things', chunked, JSON.stringify({ name: 'x'.repeat(1_000_000) }))
  expect(large.status).toBe(413)
  expect(JSON.parse(large.body)).toMatchObject({ code: 'body_too_large' })
})

it('responds to other methods, unknown paths and other forms of the target', async () => {
  expect(await ask('PUT', '/things/1')).toMatchObject({
    status: 405,
    headers: { allow: 'DELETE, GET, HEAD' },
  })
  expect((await ask('GET', '/nothing')).status).toBe(404)
  expect((await ask('OPTIONS', '*')).status).toBe(400)
  // A server must accept the absolute form (RFC 9112, 3.2.2); no route looks at the host.
  expect((await ask('GET', 'http://elsewhere.test/things/1')).status).toBe(200)
})

it('responds to a CORS preflight', async () => {
  const answer = await ask('OPTIONS', '/things/1', {
    origin: 'https://app.test',
    'access-control-request-method': 'DELETE',
  })
  expect(answer.status).toBe(204)
  expect(answer.headers['access-control-allow-origin']).toBe('https://app.test')
  const plain = await ask('GET', '/things/1', { origin: 'https://app.test' })
  expect(plain.headers['access-control-allow-origin']).toBe('https://app.test')
})

it('cuts the connection of a body that fails, and logs why in one line', async () => {
  const printed = vi.spyOn(console, 'error')
  await expect(ask('GET', '/failing', { 'x-request-id': 'request-2' })).rejects.toThrow()
  expect(printed).not.toHaveBeenCalled()
  expect(lines.map(line => JSON.parse(line))).toEqual([
    expect.objectContaining({ requestId: 'request-2', detail: 'Postgres is unavailable' }),
  ])
})

it('sends no header that could split the response', async () => {
  const broken = createListener(
    async () => new Response('x', { headers: { location: 'a\r\nset-cookie: b' } }),
  )
  server.removeAllListeners('request').on('request', broken)
  const answer = await ask('GET', '/things/1')
  expect(answer.status).toBe(500)
  expect(answer.headers['set-cookie']).toBeUndefined()
})
