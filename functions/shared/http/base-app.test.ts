import { expect, it } from 'vitest'
import { createLog } from '../log.ts'
import { publicGuards } from '../testing/public-guards.ts'
import { createBaseApp, refuseOtherMethods } from './base-app.ts'
import { operation, route } from './route.ts'

it('responds 405 with Allow if the path exists and the method does not', async () => {
  const app = createBaseApp({ log: createLog('test', 'error', () => undefined), corsOrigins: [] })
  app.get('/things/:id', c => c.text('one'))
  app.delete('/things/:id', c => c.body(null, 204))
  refuseOtherMethods(app)
  const response = await app.request('/things/1', { method: 'PUT' })
  expect(response.status).toBe(405)
  expect(response.headers.get('allow')).toBe('DELETE, GET, HEAD')
  expect((await app.request('/things/1')).status).toBe(200)
  expect((await app.request('/things/1', { method: 'HEAD' })).status).toBe(200)
  expect((await app.request('/thingsabc')).status).toBe(404)
})

it('logs one line per request with the route and without the path', async () => {
  const lines: string[] = []
  const app = createBaseApp({ log: createLog('test', 'info', line => lines.push(line)), corsOrigins: [] })
  app.get('/people/health', c => c.text('well'))
  const greet = operation({
    method: 'get',
    path: '/people/{name}',
    authentication: 'none',
    documentation: undefined,
  })
  route(app, publicGuards, greet, c => c.text('hello'))
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  await app.request('/people/lovelace?token=hunter2', { headers: { traceparent } })
  expect(lines).toHaveLength(1)
  const entry = JSON.parse(lines[0] ?? '')
  expect(entry).toMatchObject({
    method: 'GET',
    route: '/people/:name',
    status: 400,
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  })
  expect(lines[0]).not.toMatch(/lovelace|hunter2/)
  await app.request('/people/health')
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ route: '/people/health' })
})

it.each([
  { corsOrigins: [], origin: 'https://app.example', allowed: null },
  { corsOrigins: ['https://app.example'], origin: 'https://app.example', allowed: 'https://app.example' },
  { corsOrigins: ['https://app.example'], origin: 'https://other.example', allowed: null },
  // The origin of a page that is opened from a folder.
  { corsOrigins: ['*'], origin: 'null', allowed: '*' },
])('allows $origin to read responses where CORS_ORIGINS has $corsOrigins: $allowed', async options => {
  const { corsOrigins, origin, allowed } = options
  const app = createBaseApp({ log: createLog('test', 'error', () => undefined), corsOrigins })
  app.get('/things', c => c.text('all'))
  const response = await app.request('/things', { headers: { origin } })
  expect(response.headers.get('access-control-allow-origin')).toBe(allowed)
})
