import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { createLog } from '../log.ts'
import { createBaseApp } from './base-app.ts'
import { readBody, readParameters } from './input.ts'

const Body = v.strictObject({
  title: v.pipe(v.string(), v.minLength(3, 'must have at least 3 characters')),
  tags: v.optional(v.array(v.string())),
  code: v.optional(v.pipe(v.string(), v.regex(/^\d+$/))),
})
const app = createBaseApp({ log: createLog('test', 'error', () => undefined), corsOrigins: [] })
app.post('/things', async c => c.json(await readBody(c, Body, 200)))
app.get('/things', c =>
  c.json(
    readParameters(
      v.strictObject({ limit: v.pipe(v.string(), v.digits('must be a number')) }),
      c.req.query(),
    ),
  ),
)

const post = (body: string | Uint8Array<ArrayBuffer>, contentType = 'application/json') =>
  app.request('/things', { method: 'POST', body, headers: { 'content-type': contentType } })

describe('readBody', () => {
  it('returns the output of the schema', async () => {
    const response = await post('{"title":"Hello","tags":["a"]}')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ title: 'Hello', tags: ['a'] })
  })

  it('answers a body that ends in its middle with 400', async () => {
    const body = new ReadableStream({ pull: controller => controller.error(new Error('aborted')) })
    const headers = { 'content-type': 'application/json' }
    const response = await app.request('/things', { method: 'POST', body, headers, duplex: 'half' })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'malformed_body' })
  })

  it.each([
    ['gzip', 415],
    ['br, identity', 415],
    ['identity', 200],
    ['Identity', 200],
  ])('answers a body with Content-Encoding %s with %i', async (coding, status) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': coding }
    const response = await app.request('/things', { method: 'POST', body: '{"title":"Hello"}', headers })
    expect(response.status).toBe(status)
  })

  it.each([
    ['text', 'hello', 'text/plain', 415, 'unsupported_media_type'],
    ['a form', 'title=Hello', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['half of an object', '{"title":', 'application/json', 400, 'malformed_body'],
    ['nothing', '', 'application/json', 400, 'malformed_body'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'application/json', 400, 'malformed_body'],
    ['a NUL character', '{"title":"a\\u0000b"}', 'application/json', 400, 'malformed_body'],
    ['half of a surrogate pair', '{"title":"a\\ud800b"}', 'application/json', 400, 'malformed_body'],
    [
      '31 combining marks',
      `{"title":"abc${'\u0327'.repeat(31)}"}`,
      'application/json',
      400,
      'malformed_body',
    ],
    [
      '31 marks of NFKC',
      `{"title":"abc\u0301${'\uff9e'.repeat(30)}"}`,
      'application/json',
      400,
      'malformed_body',
    ],
    ['a NUL character in a name', '{"ti\\u0000tle":"abc"}', 'application/json', 400, 'malformed_body'],
    [
      'deep nesting',
      `{"title":${'['.repeat(60)}${']'.repeat(60)}}`,
      'application/json',
      400,
      'malformed_body',
    ],
    ['too many bytes', JSON.stringify({ title: 'x'.repeat(300) }), 'application/json', 413, 'body_too_large'],
    ['an array', '[]', 'application/json', 422, 'invalid_body'],
  ])('refuses %s', async (_, body, contentType, status, code) => {
    const response = await post(body, contentType)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ status, code, instance: '/things' })
  })

  it('accepts 30 combining marks in a row', async () => {
    const marks = 'e\u0301'.repeat(9) + '\u0327'.repeat(29)
    expect((await post(JSON.stringify({ title: `${marks} ${'\u0327'.repeat(30)}` }))).status).toBe(200)
  })

  it('counts the bytes that arrive, since Content-Length may be missing', async () => {
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 10; i += 1) controller.enqueue(Buffer.alloc(100, 0x20))
        controller.close()
      },
    })
    const request = new Request('http://localhost/things', {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    })
    expect((await app.request(request)).status).toBe(413)
  })

  it('names each member that is refused and never repeats its value', async () => {
    const response = await post('{"title":"s3","tags":["ok",7],"code":"hunter2","secret":"hunter2"}')
    const text = await response.text()
    expect(response.status).toBe(422)
    expect(JSON.parse(text).errors).toEqual([
      { path: 'title', message: 'must have at least 3 characters' },
      { path: 'tags.1', message: 'must be a string' },
      { path: 'code', message: 'is not valid' },
      { path: 'secret', message: 'is not a known member' },
    ])
    expect(text).not.toContain('hunter2')
  })

  it('says which member is missing', async () => {
    const response = await post('{}')
    expect(await response.json()).toMatchObject({ errors: [{ path: 'title', message: 'is required' }] })
  })
})

describe('readParameters', () => {
  it('throws 400 that names the parameter', async () => {
    const response = await app.request('/things?limit=many')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'invalid_parameter', errors: [{ path: 'limit' }] })
  })

  it('calls an unknown one a parameter', async () => {
    const response = await app.request('/things?limit=1&extra=1')
    expect(await response.json()).toMatchObject({
      errors: [{ path: 'extra', message: 'is not a known parameter' }],
    })
  })
})

describe('the base app', () => {
  const faulty = createBaseApp({
    log: createLog('test', 'error', () => undefined),
    corsOrigins: ['https://app.example'],
  })
  faulty.get('/fault', () => {
    throw new Error('password of the database is hunter2')
  })

  it('never sends the text of an unexpected error', async () => {
    const response = await faulty.request('/fault')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('hunter2')
  })

  it('responds to an unknown path with a problem and a request id', async () => {
    const response = await app.request('/nothing', { headers: { 'x-request-id': 'given-by-envoy-1' } })
    expect(response.status).toBe(404)
    expect(response.headers.get('x-request-id')).toBe('given-by-envoy-1')
    expect(await response.json()).toMatchObject({ code: 'not_found', requestId: 'given-by-envoy-1' })
  })

  it('makes its own request id if the given one could forge a log line', async () => {
    const response = await app.request('/nothing', { headers: { 'x-request-id': 'a b{"level":"error"}' } })
    expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
  })

  it('lets the configured origin read the entity tag and send a precondition', async () => {
    const preflight = await faulty.request('/fault', {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'PATCH' },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(preflight.headers.get('access-control-allow-headers')).toContain('if-match')
    const other = await faulty.request('/fault', { headers: { origin: 'https://evil.example' } })
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
  })
})
