import { randomUUID } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { createTestCache, fill, giving, newEntry } from './test-cache.ts'

const { createPod, redis } = await createTestCache()

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

test('what a pod loaded whose clock was far ahead does not stay fresh until the others get there', async () => {
  const ahead = createPod()
  ahead.pass(300)
  const entry = newEntry()
  await fill(ahead, entry, 'old')
  expect(await createPod().read(entry, giving('new'))).toEqual({ text: 'new' })
})

test('an invalidation is seen by every pod at once, for each of the tags', async () => {
  for (const index of [0, 1]) {
    const entry = newEntry([randomUUID(), randomUUID()])
    await fill(createPod(), entry, 'old')
    await createPod().invalidate([entry.tags[index] ?? ''])
    expect(await createPod().read(entry, giving('new'))).toEqual({ text: 'new' })
  }
})

test('a load that began before an invalidation does not put the old value back', async () => {
  const [slow, writer] = [createPod(), createPod()]
  const entry = newEntry()
  const gate = Promise.withResolvers<void>()
  const loading = vi.fn()
  const reading = slow.read(entry, async () => {
    loading()
    await gate.promise
    return { text: 'old' }
  })
  await vi.waitFor(() => expect(loading).toHaveBeenCalled(), 10_000)
  await writer.invalidate(entry.tags)
  gate.resolve()
  await reading
  await redis.ping()
  expect(await createPod().read(entry, giving('new'))).toEqual({ text: 'new' })
})

test('who reads after an invalidation in the same pod is not given the load from before', async () => {
  const pod = createPod()
  const entry = newEntry()
  const gate = Promise.withResolvers<void>()
  const loading = vi.fn()
  const before = pod.read(entry, async () => {
    loading()
    await gate.promise
    return { text: 'old' }
  })
  await vi.waitFor(() => expect(loading).toHaveBeenCalled(), 10_000)
  await pod.invalidate(entry.tags)
  expect(await pod.read(entry, giving('new'))).toEqual({ text: 'new' })
  gate.resolve()
  expect(await before).toEqual({ text: 'old' })
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

test('what may not be kept is given to those who wait for it and to nobody else', async () => {
  const entry = { ...newEntry(), shouldCache: () => false }
  const pod = createPod()
  await pod.read(entry, giving('private'))
  await redis.ping()
  expect(await redis.attempt(commands => commands.exists(`iod:cache:${entry.key}`))).toBe(0)
})

test('a value that is too large is not stored', async () => {
  const entry = newEntry()
  await createPod().read(entry, giving('x'.repeat(300_000)))
  await createPod().read(newEntry(), giving('y'))
  const load = giving('small')
  expect(await createPod().read(entry, load)).toEqual({ text: 'small' })
  expect(load).toHaveBeenCalled()
})
