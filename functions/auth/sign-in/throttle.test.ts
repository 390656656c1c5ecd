import { afterAll, describe, expect, it } from 'vitest'
import { createLog } from '../../shared/log.ts'
import { openRedis } from '../../shared/redis/client.ts'
import { createTestApp, noRedis } from '../test-app.ts'

const settings = { freeAttempts: 2, maxWaitSeconds: 5, forgetAfterSeconds: 3_600 }

const withRedis = await createTestApp({ signInThrottle: settings })
const withoutRedis = await createTestApp({ signInThrottle: settings, redisUrl: noRedis })
const redis = await openRedis({ url: withRedis.testRedis.ownerUrl, log: createLog('test', 'error') })
afterAll(redis.close)

/** Moves what is recorded into the past, beyond the time in which it is forgotten. */
const stores = {
  Redis: {
    app: withRedis,
    async age() {
      await redis.attempt(async commands => {
        const past = Date.now() - 2 * settings.forgetAfterSeconds * 1_000
        for (const key of await commands.keys('iod:attempts:*'))
          await commands.hset(key, 'lastAt', past, 'openAt', past)
      })
    },
  },
  Postgres: {
    app: withoutRedis,
    async age() {
      const text = `update auth.attempts set last_at = last_at - make_interval(secs => $1::int),
        open_at = open_at - make_interval(secs => $1::int)`
      await withoutRedis.owner.query({ name: 'age_attempts', text }, [2 * settings.forgetAfterSeconds])
    },
  },
}

describe.each(Object.entries(stores))('the sign-in throttle in %s', (_, { app, age }) => {
  const { register, signInAs } = app

  async function guessTogether(email: string): Promise<Record<number, number>> {
    const responses = await Promise.all(Array.from({ length: 50 }, () => signInAs(email, 'wrong')))
    const statuses = responses.map(response => response.status)
    return Object.fromEntries([401, 429].map(status => [status, statuses.filter(s => s === status).length]))
  }

  it('counts by the configured settings', async () => {
    const user = await register()
    // Together: one after the other, a busy machine hashes for longer than the wait of a second.
    const responses = await Promise.all([1, 2, 3].map(() => signInAs(user.email, 'wrong')))
    const [refused, ...more] = responses.filter(({ status }) => status === 429)
    expect(more).toEqual([])
    expect(refused?.headers.get('retry-after')).toBe('1')
  })

  it('allows 50 parallel guesses no more attempts than the rule, also where it starts again', async () => {
    const user = await register()
    expect(await guessTogether(user.email)).toEqual({ 401: 2, 429: 48 })
    await age()
    expect(await guessTogether(user.email)).toEqual({ 401: 2, 429: 48 })
  })
})
