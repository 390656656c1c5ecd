import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { DomainError } from '../domain-error.ts'
import { createLog } from '../log.ts'
import { createTestRedis, patientTimeoutMs } from '../testing/redis.ts'
import { type Cache, createCache } from './cache.ts'
import type { CacheEntry } from './cache-store.ts'
import { openRedis, type RedisClient } from './client.ts'

const Value = v.object({ text: v.string() })
type Value = v.InferOutput<typeof Value>

export const newEntry = (tags = [randomUUID()]): CacheEntry<Value> => ({
  key: randomUUID(),
  tags,
  schema: Value,
  ttlSeconds: 10,
})

export const giving = (text: string) => vi.fn(async () => ({ text }))
export const failing = () =>
  Promise.reject(new DomainError('unavailable', { detail: 'Postgres is unavailable' }))

/** Reads until the value is in Redis: it is stored after `read` has resolved. */
export async function fill(cache: Cache, entry: CacheEntry<Value>, text: string): Promise<void> {
  await vi.waitFor(async () => {
    const load = giving(text)
    await cache.read(entry, load)
    expect(load).not.toHaveBeenCalled()
  }, 5_000)
}

/** A Redis of the calling test file, and pods that share it. */
export async function createTestCache() {
  const redis = await openRedis({
    url: (await createTestRedis()).ownerUrl,
    log: createLog('test', 'error'),
    commandTimeoutMs: patientTimeoutMs,
  })
  beforeAll(() => vi.waitFor(redis.ping, 10_000))
  afterAll(redis.close)

  /** Another pod, with its own clock to turn on. */
  function createPod(client: RedisClient = redis) {
    let passedMs = 0
    const cache = createCache({ redis: client, now: () => Date.now() + passedMs })
    return { ...cache, pass: (seconds: number) => (passedMs += seconds * 1_000) }
  }
  return { redis, createPod }
}
