import { expect, test } from 'vitest'
import { createSharedRead } from './replica-reads.ts'

test('callers share the next read that has not begun, and never one that has', async () => {
  let begun = 0
  const ends: (() => void)[] = []
  const read = createSharedRead(() => {
    begun += 1
    const number = begun
    return new Promise<number>(resolve => ends.push(() => resolve(number)))
  })
  const first = read()
  await Promise.resolve()
  expect(begun).toBe(1)
  const later = [read(), read()]
  await Promise.resolve()
  expect(begun).toBe(1)
  ends[0]?.()
  expect(await first).toBe(1)
  await expect.poll(() => begun).toBe(2)
  ends[1]?.()
  expect(await Promise.all(later)).toEqual([2, 2])
})

test('a read that fails is not shared with those who ask afterwards', async () => {
  let begun = 0
  const read = createSharedRead(async () => {
    begun += 1
    if (begun === 1) throw new Error('lost')
    return begun
  })
  await expect(read()).rejects.toThrow('lost')
  expect(await read()).toBe(2)
})
