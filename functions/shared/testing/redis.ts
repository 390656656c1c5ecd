import { Redis } from 'ioredis'
import { afterAll, expect, inject } from 'vitest'
import { byRole, type DatabaseRole } from '../../registry.ts'
import './services.ts'

export interface TestRedis {
  /** A user that may do everything. */
  readonly ownerUrl: string
  /** What a function gets as REDIS_URL: its own user, with that user's rights. */
  readonly urlOf: Readonly<Record<DatabaseRole, string>>
}

/** Longer than any pause of a busy machine, so that no test goes on without a Redis that only was slow. */
export const patientTimeoutMs = 10_000

/** The number of databases of the server; `scripts/testing/test-services.ts` sets it. */
const databases = 1024

/**
 * An empty Redis database that no other test file uses at the same time. Fails the file when a key of the functions has no
 * end (docs/growth.md), and when a function was refused something there: the functions take a refusal for an outage and
 * go on without Redis, so nothing else would show it.
 */
export async function createTestRedis(): Promise<TestRedis> {
  const { redisUrl, redisPasswords } = inject('services')
  const count = await withRedis(redisUrl, redis => redis.incr('test-databases'))
  const number = 1 + (count % (databases - 1))
  const ownerUrl = new URL(`/${number}`, redisUrl).href
  const urlFor = (role: DatabaseRole) => {
    const url = new URL(ownerUrl)
    url.username = role
    url.password = redisPasswords[role]
    return url.href
  }
  afterAll(async () => {
    expect(await keysWithoutEnd(ownerUrl)).toEqual([])
    const refusals = await withRedis(ownerUrl, async redis => {
      await redis.flushdb()
      return redis.call('ACL', 'LOG', '128')
    })
    const clientOf = (refusal: unknown) => JSON.stringify(refusal).includes(` db=${number} `)
    expect(Array.isArray(refusals) ? refusals.filter(clientOf) : refusals).toEqual([])
  })
  return {
    ownerUrl,
    urlOf: byRole(urlFor),
  }
}

/** The functions' keys that nothing would remove. */
export const keysWithoutEnd = (url: string): Promise<readonly string[]> =>
  withRedis(url, async redis => {
    const keys = await redis.keys('iod:*')
    const ends = await Promise.all(keys.map(key => redis.ttl(key)))
    return keys.filter((_, n) => ends[n] === -1)
  })

/** Connects for as long as `work` takes. */
export async function withRedis<Result>(
  url: string,
  work: (redis: Redis) => Promise<Result>,
): Promise<Result> {
  const redis = new Redis(url)
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}
