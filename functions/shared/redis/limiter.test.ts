import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createLog } from '../log.ts'
import { createTestRedis, patientTimeoutMs } from '../testing/redis.ts'
import { openRedis, type RedisClient } from './client.ts'
import { createLimiter } from './limiter.ts'

const log = createLog('test', 'error', () => undefined)
const url = (await createTestRedis()).ownerUrl
const redis = await openRedis({ url, log, commandTimeoutMs: patientTimeoutMs })
const otherPod = await openRedis({ url, log, commandTimeoutMs: patientTimeoutMs })
const away: RedisClient = {
  attempt: async () => undefined,
  ping: () => Promise.reject(new Error('away')),
  close: async () => undefined,
}
afterAll(() => Promise.all([redis.close(), otherPod.close()]))
beforeAll(() => vi.waitFor(() => Promise.all([redis.ping(), otherPod.ping()]), 10_000))

/** Within a window, which would otherwise end at every full hour. */
const now = () => 1_000_000_000_000

const nextName = () => `test-${randomUUID()}`

describe.each([
  ['with Redis', redis],
  ['without Redis', away],
])('limiter %s', (_, client) => {
  it('lets exactly as many through as it is told, of 50 at once', async () => {
    const limiter = createLimiter(client, { name: nextName(), limit: 7, windowSeconds: 3_600, now })
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => limiter.take('a')))
    expect(verdicts.filter(verdict => verdict?.allowed)).toHaveLength(7)
    expect(await limiter.take('b')).toMatchObject({ allowed: true, limit: 7, remaining: 6 })
  })

  it('starts again with the next window', async () => {
    let nowMs = 1_000_000_000_000
    const limiter = createLimiter(client, { name: nextName(), limit: 1, windowSeconds: 60, now: () => nowMs })
    expect(await limiter.take('a')).toMatchObject({ allowed: true, resetSeconds: 20 })
    expect(await limiter.take('a')).toMatchObject({ allowed: false, remaining: 0 })
    nowMs += 20_000
    expect(await limiter.take('a')).toMatchObject({ allowed: true, resetSeconds: 60 })
  })

  it('is off with a limit of 0', async () => {
    const limiter = createLimiter(client, { name: nextName(), limit: 0, windowSeconds: 60 })
    expect(await limiter.take('a')).toBeUndefined()
  })
})

it('two pods share one count', async () => {
  const options = { name: nextName(), limit: 2, windowSeconds: 3_600, now }
  const [here, there] = [createLimiter(redis, options), createLimiter(otherPod, options)]
  await here.take('a')
  await there.take('a')
  expect(await here.take('a')).toMatchObject({ allowed: false })
})

it('forgets its counts in Redis by itself', async () => {
  const name = nextName()
  await createLimiter(redis, { name, limit: 1, windowSeconds: 60 }).take('a')
  const lifetimes = await redis.attempt(async commands => {
    const keys = await commands.keys(`iod:limit:${name}:*`)
    return Promise.all(keys.map(key => commands.ttl(key)))
  })
  expect(lifetimes).toHaveLength(1)
  expect(lifetimes?.[0]).toBeGreaterThan(0)
})

it('without Redis a pod remembers only so many', async () => {
  const limiter = createLimiter(away, { name: nextName(), limit: 1, windowSeconds: 3_600, now })
  await limiter.take('first')
  for (let n = 0; n < 10_000; n += 1) await limiter.take(`other-${n}`)
  expect(await limiter.take('first')).toMatchObject({ allowed: true })
})
