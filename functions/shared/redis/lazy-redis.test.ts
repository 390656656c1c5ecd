import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLog } from '../log.ts'
import { createTestRedis } from '../testing/redis.ts'
import { openRedis, type RedisClient } from './client.ts'
import { lazyRedis } from './lazy-redis.ts'

const url = (await createTestRedis()).ownerUrl
const log = createLog('test', 'error')
let opened = 0
let redis: RedisClient
beforeEach(() => {
  // Only the timers of the delay: the connection itself is a real one.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  opened = 0
  redis = lazyRedis(() => {
    opened += 1
    vi.useRealTimers()
    return openRedis({ url, log })
  })
})
afterEach(async () => {
  await redis.close()
  vi.useRealTimers()
})

const write = () => redis.attempt(client => client.set('key', 'value'))

it('is unavailable until it is opened, and is opened once, soon after the first command', async () => {
  expect(await write()).toBeUndefined()
  expect(await write()).toBeUndefined()
  vi.advanceTimersByTime(399)
  expect(opened).toBe(0)
  vi.advanceTimersByTime(1)
  expect(opened).toBe(1)
  await vi.waitFor(async () => expect(await write()).toBe('OK'), 10_000)
  expect(opened).toBe(1)
})

it('is opened without any command after a second, and not again by a command that arrives while it opens', async () => {
  vi.advanceTimersByTime(999)
  expect(opened).toBe(0)
  vi.advanceTimersByTime(1)
  await write()
  expect(opened).toBe(1)
  await vi.waitFor(async () => expect(await write()).toBe('OK'), 10_000)
  expect(opened).toBe(1)
})

it('is opened at once by a ping, which waits for the connection instead of finding Redis unavailable', async () => {
  const pinged = redis.ping()
  vi.advanceTimersByTime(0)
  await pinged
})

it('is never opened when it is closed before', async () => {
  await write()
  await redis.close()
  vi.advanceTimersByTime(1_000)
  expect(opened).toBe(0)
})
