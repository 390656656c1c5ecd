import { expect, test } from 'vitest'
import { compareLedger, missingRows } from './comparison.ts'

const at = (second: number) => new Date(Date.UTC(2026, 10, 25, 12, 0, second))
const entries = [1, 2, 3, 4, 5].map(number => ({ number, acknowledgedAt: at(number) }))

test('everything acknowledged up to the second is kept, and nothing later is there', () => {
  expect(compareLedger(entries, new Set([1, 2, 3]), at(3))).toEqual({ kept: 3, lost: [], tooNew: [] })
})

test('a write that was committed just before the second and acknowledged after it may be there', () => {
  expect(compareLedger(entries, new Set([1, 2, 3, 4]), at(3)).tooNew).toEqual([])
})

test('a lost write and one from the future are named', () => {
  const { kept, lost, tooNew } = compareLedger(entries, new Set([1, 3, 5]), at(3))
  expect(kept).toBe(2)
  expect(lost.map(({ number }) => number)).toEqual([2])
  expect(tooNew).toEqual([5])
})

test('rows that only the live database has are counted by table', () => {
  const live = new Map([['posts.posts', new Set(['a', 'b'])]])
  const restored = new Map([['posts.posts', new Set(['b', 'deleted since'])]])
  expect(missingRows(live, restored)).toEqual(new Map([['posts.posts', 1]]))
  expect(missingRows(live, new Map())).toEqual(new Map([['posts.posts', 2]]))
})
