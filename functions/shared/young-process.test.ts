import { expect, test } from 'vitest'
import { connectDeadline, isYoung } from './young-process.ts'

test('a wait for a connection ends after its time, and not while the process is young', () => {
  expect(connectDeadline(2_000, 300)).toBe(4_000)
  expect(connectDeadline(2_000, 3_000)).toBe(5_000)
  expect([isYoung(300), isYoung(4_000)]).toEqual([true, false])
})
