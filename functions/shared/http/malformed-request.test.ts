import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { contractViolations } from '../testing/contract.ts'
import { createBaseApp } from './base-app.ts'
import { serve } from './serve.ts'

const log = createLog('test', 'error', () => undefined)
const app = createBaseApp({ log, corsOrigins: [], publicUrl: 'https://api.test' })
app.get('/posts', c => c.json({}))
const server = serve({
  port: 0,
  log,
  load: async () => ({
    app,
    fetch: app.fetch,
    closeRedis: async () => undefined,
    closePostgres: async () => undefined,
  }),
})
let port = 0
beforeAll(async () => {
  while (server.address() === null) await new Promise(resolve => setImmediate(resolve))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

async function send(request: string): Promise<{ status: number; headers: string; body: string }> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(request)
  const answer = await text(socket)
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), headers: head.toLowerCase(), body }
}

/** `connection` concerns one hop and is no part of the contract (RFC 9110, 7.6.1). */
function violationsOf(request: string, { status, headers, body }: Awaited<ReturnType<typeof send>>) {
  const [method = '', path = ''] = request.split(' ')
  const pairs = headers
    .split('\r\n')
    .slice(1)
    .map((line): [string, string] => [line.split(': ')[0] ?? '', line.split(': ')[1] ?? ''])
    .filter(([name]) => !['connection', 'date', 'transfer-encoding'].includes(name))
  return contractViolations(method, path, { status, headers: new Map(pairs), body })
}

const close = 'connection: close\r\n'
test.each([
  ['no Host', `GET /posts HTTP/1.1\r\n${close}\r\n`, 400, 'malformed_request'],
  ['a Host that is none', `GET /posts HTTP/1.1\r\nhost: a b\r\n${close}\r\n`, 400, 'malformed_request'],
  ['a Host with a path', `GET /posts HTTP/1.1\r\nhost: a/b\r\n${close}\r\n`, 400, 'malformed_request'],
  ['a Host with a user', `GET /posts HTTP/1.1\r\nhost: a@b\r\n${close}\r\n`, 400, 'malformed_request'],
  ['two Hosts', `GET /posts HTTP/1.1\r\nhost: a\r\nHost: b\r\n${close}\r\n`, 400, 'malformed_request'],
  ['the same Host twice', `GET / HTTP/1.1\r\nhost: a\r\nhost: a\r\n${close}\r\n`, 400, 'malformed_request'],
  ['CONNECT', `CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n`, 400, 'malformed_request'],
  ['a target that is no URL', `GET /a\\b HTTP/1.1\r\nhost: a\r\n${close}\r\n`, 400, 'malformed_request'],
  [
    'a target with a fragment',
    `GET /posts?#a=b HTTP/1.1\r\nhost: a\r\n${close}\r\n`,
    400,
    'malformed_request',
  ],
  ['the target *', `OPTIONS * HTTP/1.1\r\nhost: a\r\n${close}\r\n`, 400, 'malformed_request'],
  ['no HTTP', 'hello\r\n\r\n', 400, 'malformed_request'],
  ['an unknown version', 'GET / HTTP/9.9\r\nhost: a\r\n\r\n', 400, 'malformed_request'],
  [
    'a chunk that has no length',
    'POST /posts HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nx\r\n',
    400,
    'malformed_request',
  ],
  [
    'two lengths',
    'POST /posts HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    400,
    'malformed_request',
  ],
  [
    'a length and chunks',
    'POST /posts HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
    400,
    'malformed_request',
  ],
  [
    'a transfer coding before chunks',
    `POST /posts HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n${close}\r\n0\r\n\r\n`,
    400,
    'malformed_request',
  ],
  [
    'transfer codings in two fields',
    `POST /posts HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n${close}\r\n0\r\n\r\n`,
    400,
    'malformed_request',
  ],
  [
    'chunks in HTTP/1.0',
    'POST /posts HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
    'malformed_request',
  ],
  ['HTTP/2 as a version', `GET /posts HTTP/2.0\r\nhost: a\r\n${close}\r\n`, 400, 'malformed_request'],
  ['a request line without a version', 'GET /posts\r\n\r\n', 400, 'malformed_request'],
  [
    'chunk extensions of 20 kB on a read',
    `GET /posts HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
    413,
    'body_too_large',
  ],
  [
    'header fields of 20 kB',
    `GET /posts HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`,
    431,
    'headers_too_large',
  ],
  [
    'a cookie of 20 kB',
    `GET /posts HTTP/1.1\r\nhost: a\r\ncookie: ${'a=b; '.repeat(4_000)}\r\n\r\n`,
    431,
    'headers_too_large',
  ],
  [
    'another expectation',
    `GET /posts HTTP/1.1\r\nhost: a\r\nexpect: miracles\r\n${close}\r\n`,
    417,
    'expectation_failed',
  ],
  ['an unknown path', `GET /nothing HTTP/1.1\r\nhost: a\r\n${close}\r\n`, 404, 'not_found'],
])('%s is answered by a problem document', async (_, request, status, code) => {
  const answer = await send(request)
  expect(answer.status).toBe(status)
  expect(answer.headers).toContain('content-type: application/problem+json')
  expect(answer.headers).toMatch(/x-request-id: [\w-]{36}/)
  expect(answer.headers).toContain('x-content-type-options: nosniff')
  expect(answer.headers).toContain("content-security-policy: default-src 'none'")
  expect(violationsOf(request, answer)).toEqual([])
  expect(JSON.parse(answer.body)).toMatchObject({ status, code, requestId: expect.any(String) })
})

test.each([
  ['HTTP/1.0 without a host', 'GET /posts HTTP/1.0\r\n\r\n'],
  ['an address with a port', `GET /posts HTTP/1.1\r\nhost: [::1]:8080\r\n${close}\r\n`],
  [
    'chunks in capitals',
    `GET /posts HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: Chunked\r\n${close}\r\n0\r\n\r\n`,
  ],
  ['the absolute form', `GET http://elsewhere.test/posts HTTP/1.1\r\nhost: elsewhere.test\r\n${close}\r\n`],
])('%s is answered', async (_, request) => {
  const { status, headers } = await send(request)
  expect(status).toBe(200)
  expect(headers).toContain('strict-transport-security: max-age=31536000')
})

test('a request to upgrade is answered as any other, and nothing behind it is waited for', async () => {
  const request = 'GET /posts HTTP/1.1\r\nhost: a\r\n'
  const { status, headers, body } = await send(
    `${request}connection: Upgrade\r\nupgrade: h2c\r\n\r\n${request}\r\n`,
  )
  expect([status, body]).toEqual([200, '{}'])
  expect(headers).toContain('connection: close')
})
