import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { DomainError } from '../domain-error.ts'
import { createLog } from '../log.ts'
import { createTestRedis, patientTimeoutMs } from '../testing/redis.ts'
import { type Cache, createCache } from './cache.ts'
import { type CacheEntry, staleSeconds } from './cache-store.ts'
import { openRedis, type RedisClient } from './client.ts'

const redis = await openRedis({
  url: (await createTestRedis()).ownerUrl,
  log: createLog('test', 'error'),
  commandTimeoutMs: patientTimeoutMs,
})
beforeAll(() => vi.waitFor(redis.ping))
afterAll(redis.close)

const away: RedisClient = { ...redis, attempt: async () => undefined }
const Value = v.object({ text: v.string() })

const newEntry = (tags = [randomUUID()]): CacheEntry<v.InferOutput<typeof Value>> => ({
  key: randomUUID(),
  tags,
  schema: Value,
  ttlSeconds: 10,
})

/** Another pod, with its own clock to turn on. */
function createPod(client: RedisClient = redis) {
  let passedMs = 0
  const cache = createCache({ redis: client, now: () => Date.now() + passedMs })
  return { ...cache, pass: (seconds: number) => (passedMs += seconds * 1_000) }
}

const giving = (text: string) => vi.fn(async () => ({ text }))
const failing = vi.fn(() =>
  Promise.reject(new DomainError('unavailable', { detail: 'Postgres is unavailable' })),
)

/** Reads until the value is in Redis: it is stored behind the answer. */
async function fill(cache: Cache, entry: CacheEntry<{ text: string }>, text: string): Promise<void> {
  await vi.waitFor(async () => {
    const load = giving(text)
    await cache.read(entry, load)
    expect(load).not.toHaveBeenCalled()
  }, 5_000)
}

test('what one pod loaded another has without loading', async () => {
  const entry = newEntry()
  await fill(createPod(), entry, 'first')
  const load = giving('second')
  expect(await createPod().read(entry, load)).toEqual({ text: 'first' })
  expect(load).not.toHaveBeenCalled()
})

test('100 readers at once cost one load', async () => {
  const pod = createPod()
  const entry = newEntry()
  const load = giving('shared')
  const values = await Promise.all(Array.from({ length: 100 }, () => pod.read(entry, load)))
  expect(new Set(values.map(value => value?.text))).toEqual(new Set(['shared']))
  expect(load).toHaveBeenCalledTimes(1)
})

test('after its time it is loaded again, and not for all entries at the same moment', async () => {
  const early = createPod()
  early.pass(7)
  const late = createPod()
  late.pass(10.1)
  for (const text of ['one', 'two', 'three']) {
    const entry = newEntry()
    await fill(createPod(), entry, text)
    expect(await early.read(entry, giving('new'))).toEqual({ text })
    expect(await late.read(entry, giving('new'))).toEqual({ text: 'new' })
  }
})

test('a drop is seen by every pod at once, for each of the tags', async () => {
  for (const dropped of [0, 1]) {
    const entry = newEntry([randomUUID(), randomUUID()])
    await fill(createPod(), entry, 'old')
    await createPod().drop([entry.tags[dropped] ?? ''])
    expect(await createPod().read(entry, giving('new'))).toEqual({ text: 'new' })
  }
})

test('a load that began before a drop does not put the old value back', async () => {
  const [slow, writer] = [createPod(), createPod()]
  const entry = newEntry()
  const gate = Promise.withResolvers<void>()
  const loading = vi.fn()
  const reading = slow.read(entry, async () => {
    loading()
    await gate.promise
    return { text: 'old' }
  })
  await vi.waitFor(() => expect(loading).toHaveBeenCalled())
  await writer.drop(entry.tags)
  gate.resolve()
  await reading
  await redis.ping()
  expect(await createPod().read(entry, giving('new'))).toEqual({ text: 'new' })
})

test('who reads after a drop in the same pod is not given the load from before', async () => {
  const pod = createPod()
  const entry = newEntry()
  const gate = Promise.withResolvers<void>()
  const loading = vi.fn()
  const before = pod.read(entry, async () => {
    loading()
    await gate.promise
    return { text: 'old' }
  })
  await vi.waitFor(() => expect(loading).toHaveBeenCalled())
  await pod.drop(entry.tags)
  expect(await pod.read(entry, giving('new'))).toEqual({ text: 'new' })
  gate.resolve()
  expect(await before).toEqual({ text: 'old' })
})

test('without Redis everything is loaded, and one load still serves many', async () => {
  const pod = createPod(away)
  const entry = newEntry()
  expect(await pod.read(entry, giving('first'))).toEqual({ text: 'first' })
  const load = giving('second')
  await Promise.all([pod.read(entry, load), pod.read(entry, load)])
  expect(load).toHaveBeenCalledTimes(1)
  await pod.drop(entry.tags)
})

test('an entry dropped while Redis was unavailable is invalid here at once, and everywhere when Redis is back', async () => {
  const entry = newEntry()
  await fill(createPod(), entry, 'old')
  let isAway = true
  const writer = createPod({
    ...redis,
    attempt: async command => (isAway ? undefined : redis.attempt(command)),
  })
  await writer.drop(entry.tags)
  isAway = false
  expect(await writer.read(entry, giving('new'))).toEqual({ text: 'new' })
  expect(await createPod().read(entry, giving('new'))).toEqual({ text: 'old' })
  await vi.waitFor(
    async () => expect(await createPod().read(entry, giving('new'))).toEqual({ text: 'new' }),
    { timeout: 3_000, interval: 100 },
  )
})

test('while Postgres is unavailable the last value is returned, for an hour and unless it was dropped', async () => {
  const entry = newEntry()
  await fill(createPod(), entry, 'last')
  const pod = createPod()
  pod.pass(60)
  expect(await pod.read(entry, failing)).toEqual({ text: 'last' })
  expect(await redis.attempt(commands => commands.ttl(`iod:cache:${entry.key}`))).toBeGreaterThan(
    staleSeconds - 5,
  )

  await pod.drop(entry.tags)
  await expect(pod.read(entry, failing)).rejects.toMatchObject({ code: 'unavailable' })
  await expect(createPod(away).read(newEntry(), failing)).rejects.toMatchObject({ code: 'unavailable' })
})

test('other failures are not covered up', async () => {
  const entry = newEntry()
  await fill(createPod(), entry, 'last')
  const pod = createPod()
  pod.pass(60)
  await expect(pod.read(entry, () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug')
})

test('what is not there is not kept, and what does not fit is not read', async () => {
  const entry = newEntry()
  expect(await createPod().read(entry, async () => undefined)).toBeUndefined()
  expect(await createPod().read(entry, giving('there now'))).toEqual({ text: 'there now' })

  const other = newEntry()
  for (const text of [
    'not json',
    '{}',
    '{"loadedAtMs":1,"freshUntilMs":9e15,"versions":[null],"value":{"texts":1}}',
  ]) {
    await redis.attempt(commands => commands.set(`iod:cache:${other.key}`, text))
    expect(await createPod().read(other, giving('loaded'))).toEqual({ text: 'loaded' })
  }
})

test('a drop that Redis did not take is heeded by its pod at once, and by all once Redis is back', async () => {
  let isAway = false
  const flaky: RedisClient = {
    ...redis,
    attempt: async command => (isAway ? undefined : redis.attempt(command)),
  }
  const [writer, other] = [createPod(flaky), createPod()]
  const entry = newEntry()
  await fill(writer, entry, 'old')
  isAway = true
  await writer.drop(entry.tags)
  isAway = false
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

test('what may not be kept is given to those who wait for it and to nobody else', async () => {
  const entry = { ...newEntry(), shouldCache: () => false }
  const pod = createPod()
  await pod.read(entry, giving('private'))
  await redis.ping()
  expect(await redis.attempt(commands => commands.exists(`iod:cache:${entry.key}`))).toBe(0)
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
  await vi.waitFor(async () => expect(await createPod().read(entry, failing)).toEqual({ text: 'second' }))
})

test('a value that is too large is not stored', async () => {
  const entry = newEntry()
  await createPod().read(entry, giving('x'.repeat(300_000)))
  await createPod().read(newEntry(), giving('y'))
  const load = giving('small')
  expect(await createPod().read(entry, load)).toEqual({ text: 'small' })
  expect(load).toHaveBeenCalled()
})
