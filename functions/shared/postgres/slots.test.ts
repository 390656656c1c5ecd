import { expect, test } from 'vitest'
import { createSlots } from './slots.ts'

test('turns are first come, first served', async () => {
  const slots = createSlots({ count: 1, maxWaitMs: 1_000 })
  const release = await slots.take()
  const order: number[] = []
  const turns = [1, 2, 3].map(async n => {
    const over = await slots.take()
    order.push(n)
    over()
  })
  release()
  await Promise.all(turns)
  expect(order).toEqual([1, 2, 3])
  expect(slots.isFull()).toBe(false)
})

test('turns are refused at once when those who wait need all the time there is', async () => {
  let nowMs = 0
  const slots = createSlots({ count: 1, maxWaitMs: 1_000, now: () => nowMs })
  for (let n = 0; n < 100; n += 1) {
    const over = await slots.take()
    nowMs += 400
    over()
  }
  const release = await slots.take()
  const waiting = [slots.take(), slots.take()]
  expect(slots.hasRoom()).toBe(false)
  await expect(slots.take()).rejects.toMatchObject({ code: 'unavailable' })
  release()
  for (const turn of waiting) (await turn)()
  expect(slots.hasRoom()).toBe(true)
})

test('turns that continue a request precede those that begin one, and wait for longer', async () => {
  const slots = createSlots({ count: 1, maxWaitMs: 20, maxLaterWaitMs: 10_000 })
  const release = await slots.take()
  const first = slots.take()
  const later = slots.take(true)
  await expect(first).rejects.toMatchObject({ code: 'unavailable' })
  const order: string[] = []
  const note = async (name: string, turn: Promise<() => void>) => {
    const over = await turn
    order.push(name)
    over()
  }
  const turns = [note('first', slots.take()), note('later', later)]
  release()
  await Promise.all(turns)
  expect(order).toEqual(['later', 'first'])
})

test('turns end a wait that takes too long', async () => {
  const slots = createSlots({ count: 1, maxWaitMs: 20 })
  await slots.take()
  await expect(slots.take()).rejects.toMatchObject({ code: 'unavailable' })
})
