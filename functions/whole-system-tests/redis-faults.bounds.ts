import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { expect, test, vi } from 'vitest'
import { functions } from '../registry.ts'
import { createRedisServer } from '../shared/testing/redis-server.ts'
import { createTestBackend } from './test-backend.ts'
import { createMixedLoad, type MixedLoad, summarize } from './test-mixed-load.ts'

const signInLimit = 20
const revocationMaxAgeSeconds = 10
const server = await createRedisServer()
const { baseUrl } = await createTestBackend(
  {
    ACCOUNT_LIMITS: 'off',
    SIGN_IN_LIMIT_PER_MINUTE: String(signInLimit),
    REVOCATION_MAX_AGE_SECONDS: String(revocationMaxAgeSeconds),
  },
  { redisUrl: server.urlOf },
)
const mixed = await createMixedLoad(baseUrl)

const kill = async () => {
  server.signal('SIGKILL')
  await server.stop()
}
const setPasswords = (passwordOf: (user: (typeof functions)[number]['databaseRole']) => string) =>
  server.asOwner(async redis => {
    for (const { databaseRole: user } of functions)
      await redis.call('ACL', 'SETUSER', user, 'resetpass', `>${passwordOf(user)}`)
    await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  })
const setMaxMemory = (bytes: string) => server.asOwner(redis => redis.config('SET', 'maxmemory', bytes))

const faults: Readonly<Record<string, (load: MixedLoad) => Promise<void>>> = {
  'killed for 3 s': async load => {
    await kill()
    await load.lasts(3)
    await server.start()
  },
  empty: () => server.asOwner(redis => redis.flushall()),
  'frozen for 10 s': async load => {
    server.signal('SIGSTOP')
    await load.lasts(10)
    server.signal('SIGCONT')
  },
  'slow by 2 s': async load => {
    for (let n = 0; n < 3; n += 1) {
      await server.asOwner(redis => redis.call('CLIENT', 'PAUSE', '2000', 'ALL'))
      await load.lasts(2)
    }
  },
  'full for 3 s': async load => {
    await setMaxMemory('1')
    await load.lasts(3)
    await setMaxMemory('0')
  },
  'wrong password for 3 s': async load => {
    await setPasswords(() => 'another one')
    await load.lasts(3)
    await setPasswords(server.passwordOf)
  },
}

/** A command of Redis may take 1 s before a request goes on without; the rest is for the machine. */
const patienceMs = 4_000

test.each(Object.entries(faults))(
  '%s: every request succeeds, and nothing waits for long',
  async (name, fault) => {
    const load = mixed.start()
    await vi.waitFor(() => expect(load.acknowledged.size).toBeGreaterThan(5), { timeout: 10_000 })
    await fault(load)
    await load.lasts(2)
    const outcomes = await load.end()
    console.info(name, summarize(outcomes))
    expect(outcomes.filter(({ status }) => status >= 300)).toEqual([])
    expect(Math.max(...outcomes.map(({ latencyMs }) => latencyMs))).toBeLessThan(patienceMs)
  },
  60_000,
)

const post = (path: string, body: object) =>
  fetch(`${baseUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const Tokens = v.object({ accessToken: v.string(), refreshToken: v.string() })

test('without Redis a session that ends is refused everywhere within seconds, and sign-ins are limited', async () => {
  const name = `user-${randomUUID().slice(0, 8)}`
  const password = 'a long walk by the sea'
  const registered = await post('/auth/register', { email: `${name}@example.test`, username: name, password })
  const { accessToken, refreshToken } = v.parse(Tokens, await registered.json())
  const statusOf = async (path: string) =>
    (await fetch(`${baseUrl}${path}`, { headers: { authorization: `Bearer ${accessToken}` } })).status
  const paths = ['/auth/account', '/profile', '/posts/feed']
  expect(await Promise.all(paths.map(statusOf))).toEqual([200, 200, 200])

  await kill()
  expect((await post('/auth/logout', { refreshToken })).status).toBe(204)
  // The rest is for the machine.
  await vi.waitFor(async () => expect(await Promise.all(paths.map(statusOf))).toEqual([401, 401, 401]), {
    timeout: revocationMaxAgeSeconds * 1_000 + 4_000,
    interval: 250,
  })

  // By the minute in which the limit counts them: the next one may begin in between.
  const windows: number[][] = [[]]
  let resetSeconds = Number.POSITIVE_INFINITY
  for (let n = 0; n < 2 * signInLimit; n += 1) {
    const response = await post('/auth/login', { email: `nobody-${n}@example.test`, password })
    const nextReset = Number(response.headers.get('ratelimit-reset'))
    if (nextReset > resetSeconds) windows.push([])
    resetSeconds = nextReset
    windows.at(-1)?.push(response.status)
  }
  await server.start()
  for (const statuses of windows)
    expect(statuses.filter(status => status === 401).length).toBeLessThanOrEqual(signInLimit)
  expect(new Set(windows.flat())).toEqual(new Set([401, 429]))
}, 60_000)
