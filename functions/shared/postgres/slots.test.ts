import { expect, test } from 'vitest'
import { createSlots } from './slots.ts'

test('slots are assigned first come, first served', async () => {
  const slots = createSlots({ count: 1, maxWaitMs: 1_000 })
  const release = await slots.take()
  const order: number[] = []
  const calls = [1, 2, 3].map(async n => {
    const releaseOwn = await slots.take()
    order.push(n)
    releaseOwn()
  })
  release()
  await Promise.all(calls)
  expect(order).toEqual([1, 2, 3])
  expect(slots.isFull()).toBe(false)
})

test('slots are refused at once when those who wait need all the time there is', async () => {
  let nowMs = 0
  const slots = createSlots({ count: 1, maxWaitMs: 1_000, now: () => nowMs })
  for (let n = 0; n < 100; n += 1) {
    const releaseOwn = await slots.take()
    nowMs += 400
    releaseOwn()
  }
  const release = await slots.take()
  const waiting = [slots.take(), slots.take()]
  expect(slots.hasRoom()).toBe(false)
  await expect(slots.take()).rejects.toMatchObject({ code: 'unavailable' })
  release()
  for (const slot of waiting) (await slot)()
  expect(slots.hasRoom()).toBe(true)
})

test('slots that continue a request precede those that begin one, and are waited for longer', async () => {
  const slots = createSlots({ count: 1, maxWaitMs: 20, maxLaterWaitMs: 10_000 })
  const release = await slots.take()
  const first = slots.take()
  const later = slots.take(true)
  await expect(first).rejects.toMatchObject({ code: 'unavailable' })
  const order: string[] = []
  const note = async (name: string, slot: Promise<() => void>) => {
    const releaseOwn = await slot
    order.push(name)
    releaseOwn()
  }
  const calls = [note('first', slots.take()), note('later', later)]
  release()
  await Promise.all(calls)
  expect(order).toEqual(['later', 'first'])
})

test('a wait for a slot that takes too long ends', async () => {
  const slots = createSlots({ count: 1, maxWaitMs: 20 })
  await slots.take()
  await expect(slots.take()).rejects.toMatchObject({ code: 'unavailable' })
})
