import { afterAll, describe, expect, it } from 'vitest'
import { createLog } from '../../shared/log.ts'
import { openRedis } from '../../shared/redis/client.ts'
import { patientTimeoutMs } from '../../shared/testing/redis.ts'
import { createTestApp, noRedis } from '../test-app.ts'
import { beginAttempt } from './throttle.ts'

const settings = { freeAttempts: 2, maxWaitSeconds: 5, forgetAfterSeconds: 3_600 }

const withRedis = await createTestApp({ signInThrottle: settings })
const withoutRedis = await createTestApp({ signInThrottle: settings, redisUrl: noRedis })
const log = createLog('test', 'error')
const redis = await openRedis({
  url: withRedis.testRedis.ownerUrl,
  log,
  commandTimeoutMs: patientTimeoutMs,
})
const unreachable = await openRedis({ url: noRedis, log })
afterAll(() => Promise.all([redis.close(), unreachable.close()]))

/** Moves what is recorded into the past, beyond the time in which it is forgotten. */
const stores = {
  Redis: {
    app: withRedis,
    redis,
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
    redis: unreachable,
    async age() {
      const text = `update auth.attempts set last_at = last_at - make_interval(secs => $1::int),
        open_at = open_at - make_interval(secs => $1::int)`
      await withoutRedis.owner.query({ name: 'age_attempts', text }, [2 * settings.forgetAfterSeconds])
    },
  },
}

describe.each(Object.entries(stores))('the sign-in throttle in %s', (_, { app, redis, age }) => {
  const { owner: db, register, signInAs } = app

  /** Without the hashes, for which the first wait of a second can end before the last guess. */
  async function allowedTogether(subject: string): Promise<number> {
    const attempt = () => beginAttempt({ db, redis, throttleSettings: settings }, { subject })
    const attempts = await Promise.allSettled(Array.from({ length: 50 }, attempt))
    return attempts.filter(({ status }) => status === 'fulfilled').length
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
    expect(await allowedTogether('guessed')).toBe(2)
    await age()
    expect(await allowedTogether('guessed')).toBe(2)
  })
})
