import { expect, test, vi } from 'vitest'
import { defaultStaleSeconds } from './cache-store.ts'
import type { RedisClient } from './client.ts'
import { createTestCache, failing, fill, giving, newEntry } from './test-cache.ts'

const { createPod, redis } = await createTestCache()
const unavailable: RedisClient = { ...redis, attempt: async () => undefined }

test('without Redis everything is loaded, and one load still serves many', async () => {
  const pod = createPod(unavailable)
  const entry = newEntry()
  expect(await pod.read(entry, giving('first'))).toEqual({ text: 'first' })
  const load = giving('second')
  await Promise.all([pod.read(entry, load), pod.read(entry, load)])
  expect(load).toHaveBeenCalledTimes(1)
  await pod.invalidate(entry.tags)
})

test('an entry invalidated while Redis was unavailable is invalid here at once, and everywhere when Redis is back', async () => {
  const entry = newEntry()
  await fill(createPod(), entry, 'old')
  let isUnavailable = true
  const writer = createPod({
    ...redis,
    attempt: async command => (isUnavailable ? undefined : redis.attempt(command)),
  })
  await writer.invalidate(entry.tags)
  isUnavailable = false
  expect(await writer.read(entry, giving('new'))).toEqual({ text: 'new' })
  expect(await createPod().read(entry, giving('new'))).toEqual({ text: 'old' })
  await vi.waitFor(
    async () => expect(await createPod().read(entry, giving('new'))).toEqual({ text: 'new' }),
    { timeout: 3_000, interval: 100 },
  )
})

test('while Postgres is unavailable the last value is returned, for an hour and unless it was invalidated', async () => {
  const entry = newEntry()
  await fill(createPod(), entry, 'last')
  const pod = createPod()
  pod.pass(60)
  expect(await pod.read(entry, failing)).toEqual({ text: 'last' })
  expect(await redis.attempt(commands => commands.ttl(`iod:cache:${entry.key}`))).toBeGreaterThan(
    defaultStaleSeconds - 5,
  )

  await pod.invalidate(entry.tags)
  await expect(pod.read(entry, failing)).rejects.toMatchObject({ code: 'unavailable' })
  await expect(createPod(unavailable).read(newEntry(), failing)).rejects.toMatchObject({
    code: 'unavailable',
  })
})

test('other failures are not covered up', async () => {
  const entry = newEntry()
  await fill(createPod(), entry, 'last')
  const pod = createPod()
  pod.pass(60)
  await expect(pod.read(entry, () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug')
})

test('an invalidation that Redis did not take is heeded by its pod at once, and by all once Redis is back', async () => {
  let isUnavailable = false
  const flaky: RedisClient = {
    ...redis,
    attempt: async command => (isUnavailable ? undefined : redis.attempt(command)),
  }
  const [writer, other] = [createPod(flaky), createPod()]
  const entry = newEntry()
  await fill(writer, entry, 'old')
  isUnavailable = true
  await writer.invalidate(entry.tags)
  isUnavailable = false
  expect(await writer.read(entry, giving('new'))).toEqual({ text: 'new' })
  await vi.waitFor(async () => expect(await other.read(entry, giving('new'))).toEqual({ text: 'new' }), 2_000)
})

test('the age of a value, and whether it only replaces an unavailable Postgres', async () => {
  const entry = newEntry()
  await fill(createPod(), entry, 'last')
  const pod = createPod()
  expect(await pod.readAged(entry, failing)).toMatchObject({ isStale: false })
  pod.pass(60)
  const stale = await pod.readAged(entry, failing)
  expect(stale).toMatchObject({ value: { text: 'last' }, isStale: true })
  expect(Date.now() - (stale?.loadedAtMs ?? 0)).toBeLessThan(5_000)
})

test('a value that never replaces Postgres is gone from Redis soon after its time', async () => {
  const entry = { ...newEntry(), staleSeconds: 0 }
  await fill(createPod(), entry, 'short')
  expect(await redis.attempt(commands => commands.ttl(`iod:cache:${entry.key}`))).toBeLessThanOrEqual(10)
})

test('a load that hangs is not waited for where there is a copy', async () => {
  const pod = createPod()
  const entry = newEntry()
  await fill(pod, entry, 'first')
  pod.pass(11)
  const hanging = Promise.withResolvers<{ text: string }>()
  expect(await pod.readAged(entry, () => hanging.promise)).toMatchObject({
    value: { text: 'first' },
    isStale: true,
  })
  hanging.resolve({ text: 'second' })
  await vi.waitFor(
    async () => expect(await createPod().read(entry, failing)).toEqual({ text: 'second' }),
    10_000,
  )
})

test('an invalidation that failed is made up for, although an earlier one of the same tag has reached Redis since', async () => {
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const outcomes = [first.promise.then(() => true), second.promise.then(() => false)]
  const pod = createPod({
    ...redis,
    attempt: async command => ((await outcomes.shift()) === false ? undefined : redis.attempt(command)),
  })
  const entry = newEntry()
  await fill(createPod(), entry, 'old')
  const earlier = pod.invalidate(entry.tags)
  const later = pod.invalidate(entry.tags)
  first.resolve()
  await earlier
  await fill(createPod(), entry, 'from before the later change')
  second.resolve()
  await later
  await vi.waitFor(
    async () => expect(await createPod().read(entry, giving('new'))).toEqual({ text: 'new' }),
    { timeout: 3_000, interval: 100 },
  )
})
