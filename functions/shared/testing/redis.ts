import { Redis } from 'ioredis'
import { afterAll, inject } from 'vitest'
import './services.ts'

/** How many the server was told to have; `scripts/test-services.ts` sets it. */
const databases = 1024

/** The URL of an empty Redis database that no other test file uses at this time. */
export async function createTestRedis(): Promise<string> {
  const { redisUrl } = inject('services')
  const number = await withRedis(redisUrl, redis => redis.incr('test-databases'))
  const url = new URL(`/${1 + (number % (databases - 1))}`, redisUrl).href
  afterAll(async () => void (await withRedis(url, redis => redis.flushdb())))
  return url
}

async function withRedis<Result>(url: string, work: (redis: Redis) => Promise<Result>): Promise<Result> {
  const redis = new Redis(url)
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}
