// A function's process with OpenTelemetry's own variables, and a collector that keeps what it is sent by OTLP/HTTP.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { newSigningKey } from '../../scripts/secrets/signing-keys.ts'
import { auth } from '../auth/function.ts'
import { environmentOf } from '../environment-of.ts'
import { spawnFunction } from '../shared/testing/function-process.ts'
import { unreachableTarget } from '../unreachable-target.ts'

interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const received: Received[] = []
beforeEach(() => void received.splice(0))
const collector = createServer(async (request, response) => {
  received.push({ path: request.url ?? '', headers: request.headers, body: await buffer(request) })
  response.end()
}).listen(0, '127.0.0.1')
afterAll(() => collector.close())
await once(collector, 'listening')
const address = collector.address()
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`

// Postgres and Redis are unreachable: a request without a token needs neither.
const environment = environmentOf(auth, {
  ...unreachableTarget,
  privateKeys: JSON.stringify({ keys: [newSigningKey()] }),
})

/** Runs the function with these variables for one request. Resolves with the warnings about traces in its log. */
async function warningsWith(variables: Readonly<Record<string, string>>): Promise<readonly unknown[]> {
  using spawned = spawnFunction('auth', { ...environment, ...variables })
  const { child, lines, logged, exited } = spawned
  const { port } = await logged('listening')
  expect((await fetch(`http://127.0.0.1:${port}/auth/sessions`)).status).toBe(401)
  child.kill('SIGTERM')
  await exited
  const entries = lines.map((line): Record<string, unknown> => JSON.parse(line))
  return entries.filter(({ message }) => message === 'traces').map(({ detail }) => detail)
}

// Each starts a process, so each tries several variables; settings.test.ts has the values of one at a time.
test('the variables of traces win over the general ones, and turn traces on by themselves', async () => {
  const warnings = await warningsWith({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/custom/path`,
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-team=blog,x-key=general',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-key=traces',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
    OTEL_SERVICE_NAME: 'accounts',
  })
  expect(warnings).toEqual([])
  expect(received.map(({ path }) => path)).toEqual(['/custom/path'])
  expect(received[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    'x-team': 'blog',
    'x-key': 'traces',
  })
  const body = gunzipSync(received[0]?.body ?? '')
  for (const text of ['GET /auth/sessions', 'deployment.environment.name', 'staging', 'accounts'])
    expect(body.includes(text)).toBe(true)
})

test('values that the specification does not have, and gRPC, are said in the log and ignored', async () => {
  const warnings = await warningsWith({
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_SDK_DISABLED: 'yes',
    OTEL_TRACES_EXPORTER: 'zipkin',
  })
  expect(new Set(warnings)).toEqual(
    new Set([
      'OTEL_SDK_DISABLED is neither true nor false, so it is false',
      'OTEL_TRACES_EXPORTER names an exporter that is not here; there are otlp and none',
      'OTEL_EXPORTER_OTLP_PROTOCOL is not supported and ignored; there are http/protobuf and http/json',
    ]),
  )
  const [only] = received
  expect([received.length, only?.path, only?.headers['content-type']]).toEqual([
    1,
    '/v1/traces',
    'application/x-protobuf',
  ])
  // Protobuf holds the name of a span as it is.
  expect(only?.body.includes('GET /auth/sessions')).toBe(true)
})

test('OTEL_SDK_DISABLED turns traces off', async () => {
  expect(await warningsWith({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SDK_DISABLED: 'true' })).toEqual([])
  expect(received).toEqual([])
})
