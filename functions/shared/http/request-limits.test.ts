import * as v from 'valibot'
import { expect, test } from 'vitest'
import { createLog } from '../log.ts'
import type { RedisClient } from '../redis/client.ts'
import { trustedProxies } from '../testing/trusted-proxies.ts'
import { createBaseApp } from './base-app.ts'
import { createAddressLimit } from './request-limits.ts'
import { operation, route } from './route.ts'

const unavailable: RedisClient = {
  attempt: async () => undefined,
  ping: () => Promise.reject(new Error('unavailable')),
  close: async () => undefined,
}

test('a limit per address counts an IPv6 network as one client, and trusts only the nearest proxy', async () => {
  const app = createBaseApp({ log: createLog('test', 'error', () => undefined), corsOrigins: [] })
  const rule = { name: 'test', limit: 1, windowSeconds: 3_600, now: () => 1_000_000_000_000 }
  const limit = createAddressLimit(unavailable, rule, trustedProxies(1))
  const read = operation({
    method: 'get',
    path: '/things',
    authentication: 'none',
    limit: 'test',
    query: v.strictObject({}),
    documentation: undefined,
  })
  const guards = { verifyAccessToken: () => Promise.reject(new Error('no token')), limitOf: () => limit }
  route(app, guards, read, c => c.text('ok'))
  const get = (forwardedFor: string) =>
    app.request('/things', { headers: { 'x-forwarded-for': forwardedFor } })
  const statusOf = async (forwardedFor: string) => (await get(forwardedFor)).status

  const first = await get('2001:db8::1')
  expect(first.status).toBe(200)
  expect(first.headers.get('ratelimit-limit')).toBe('1')
  expect(first.headers.get('ratelimit-remaining')).toBe('0')
  expect(Number(first.headers.get('ratelimit-reset'))).toBeGreaterThan(0)
  const refused = await get('2001:db8::2')
  expect(refused.status).toBe(429)
  expect(refused.headers.get('ratelimit-remaining')).toBe('0')
  expect(refused.headers.get('retry-after')).toBe(refused.headers.get('ratelimit-reset'))
  expect(await refused.json()).toMatchObject({ code: 'too_many_requests' })
  expect(await statusOf('198.51.100.9, 2001:db8::3')).toBe(429)
  expect(await statusOf('2001:db8:0:1::1')).toBe(200)
})
