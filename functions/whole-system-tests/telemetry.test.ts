// A function's process, and a collector that takes what it sends by OTLP/HTTP in JSON.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import * as v from 'valibot'
import { afterAll, expect, test } from 'vitest'
import { newSigningKey } from '../../scripts/secrets/signing-keys.ts'
import { auth } from '../auth/function.ts'
import { environmentOf } from '../environment-of.ts'
import { createTestDatabase } from '../shared/testing/database.ts'
import { spawnFunction } from '../shared/testing/function-process.ts'
import { createTestRedis } from '../shared/testing/redis.ts'
import { unreachableTarget } from '../unreachable-target.ts'

const Attribute = v.object({ key: v.string(), value: v.record(v.string(), v.unknown()) })
const Span = v.object({
  traceId: v.string(),
  spanId: v.string(),
  parentSpanId: v.optional(v.string(), ''),
  name: v.string(),
  attributes: v.array(Attribute),
})
const Export = v.object({
  resourceSpans: v.array(
    v.object({
      resource: v.object({ attributes: v.array(Attribute) }),
      scopeSpans: v.array(v.object({ spans: v.array(Span) })),
    }),
  ),
})

const received: v.InferOutput<typeof Export>[] = []
const paths = new Set<string | undefined>()
const collector = createServer(async (request, response) => {
  paths.add(request.url)
  received.push(v.parse(Export, await json(request)))
  response.setHeader('content-type', 'application/json').end('{}')
}).listen(0, '127.0.0.1')
afterAll(() => collector.close())
await once(collector, 'listening')
const address = collector.address()
const collectorUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`

const database = await createTestDatabase()
const redis = await createTestRedis()
const environment = environmentOf(auth, {
  ...unreachableTarget,
  settings: { ...unreachableTarget.settings, OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl },
  databaseUrl: role => database.urlOf[role],
  redisUrl: role => redis.urlOf[role],
  privateKeys: JSON.stringify({ keys: [newSigningKey()] }),
})

/** Runs the function, does `work` with its address, and stops it. Resolves with its log lines. */
async function whileRunning(env: Readonly<Record<string, string>>, work: (origin: string) => Promise<void>) {
  using spawned = spawnFunction('auth', { ...env, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })
  const { child, lines, logged, exited } = spawned
  const { port } = await logged('listening')
  await work(`http://127.0.0.1:${port}`)
  child.kill('SIGTERM')
  await exited
  return lines.map((line): Record<string, unknown> => JSON.parse(line))
}

const credentials = { email: 'grete@example.test', password: 'a long walk by the sea' }
const registration = JSON.stringify({ ...credentials, username: 'grete' })
const headers = { 'content-type': 'application/json' }
const traceId = '0af7651916cd43dd8448eb211c80319c'

test('a request is a span below its caller, with its statements, commands and hashes below it', async () => {
  const entries = await whileRunning(environment, async origin => {
    await fetch(`${origin}/healthz`)
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`
    const response = await fetch(`${origin}/auth/register`, {
      method: 'POST',
      headers: { ...headers, traceparent },
      body: registration,
    })
    expect(response.status).toBe(201)
    // Waits for Redis, which other requests of a woken function do without.
    expect((await fetch(`${origin}/auth/health`)).status).toBe(200)
    const login = { method: 'POST', headers: { ...headers, traceparent }, body: JSON.stringify(credentials) }
    expect((await fetch(`${origin}/auth/login`, login)).status).toBe(200)
    // On the same connection.
    const dropped = { ...headers, traceparent: '00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' }
    await fetch(`${origin}/auth/login`, { ...login, headers: dropped })
    await fetch(`${origin}/auth/sessions`)
  })
  expect(paths).toEqual(new Set(['/v1/traces']))
  const spans = received.flatMap(one =>
    one.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans[0]?.spans ?? []),
  )
  const service = received[0]?.resourceSpans[0]?.resource.attributes
  expect(service).toContainEqual({ key: 'service.name', value: { stringValue: 'auth' } })

  const register = spans.find(({ name }) => name === 'POST /auth/register')
  expect(register).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331' })
  expect(register?.attributes).toContainEqual({
    key: 'http.response.status_code',
    value: { intValue: 201 },
  })
  const below = spans.filter(({ parentSpanId }) => parentSpanId === register?.spanId)
  expect(below.map(({ name }) => name).filter(name => name.startsWith('worker '))).toEqual([
    'worker password hash',
  ])
  const systems = spans.flatMap(({ attributes }) =>
    attributes.filter(({ key }) => key === 'db.system.name').map(({ value }) => value['stringValue']),
  )
  expect(new Set(systems)).toEqual(new Set(['postgresql', 'redis']))
  const health = spans.find(({ name }) => name === 'GET /auth/health')
  expect(spans.filter(({ name }) => name === 'PING').map(({ parentSpanId }) => parentSpanId)).toContain(
    health?.spanId,
  )
  // The second one's caller had decided that it is not traced, nor is its work, below the span of another request.
  expect(spans.filter(({ name }) => name.includes('/auth/login'))).toHaveLength(1)
  expect(spans.filter(({ name }) => name === 'select_account_by_email')).toHaveLength(1)
  // No value of a request is in a span.
  expect(JSON.stringify(received)).not.toMatch(/grete|walk|healthz/)

  const lines = entries.filter(({ message }) => message === 'request')
  expect(lines[0]?.['traceId']).toBe(traceId)
  // A request without a trace gets one, in its span and in its log line.
  const other = spans.find(({ name }) => name === 'GET /auth/sessions')
  expect(lines.at(-1)?.['traceId']).toBe(other?.traceId)
})

test('without a collector in the configuration nothing of it is loaded', async () => {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: _, ...without } = environment
  received.length = 0
  const entries = await whileRunning(without, async origin => {
    await fetch(`${origin}/auth/sessions`)
  })
  const request = entries.find(({ message }) => message === 'request')
  expect(request).toBeDefined()
  expect(request).not.toHaveProperty('traceId')
  expect(received).toEqual([])
})

test('an unreachable collector fails no request', async () => {
  const entries = await whileRunning(
    { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_BSP_EXPORT_TIMEOUT: '500' },
    async origin => expect((await fetch(`${origin}/auth/sessions`)).status).toBe(401),
  )
  expect(entries.find(({ message }) => message === 'request')).toMatchObject({ status: 401 })
  expect(entries.filter(({ level }) => level === 'error')).toEqual([])
})
