import { expect, test } from 'vitest'
import { readTime } from './time.ts'

test.each([
  ['2024-02-29 12:00:00+00', '2024-02-29T12:00:00.000Z'],
  ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000Z'],
  ['2024-03-31 01:30:00.25+0530', '2024-03-30T20:00:00.250Z'],
  ['2024-03-31 01:30:00-03:30', '2024-03-31T05:00:00.000Z'],
])('%s is %s', (written, time) => {
  expect(readTime(written)?.toISOString()).toBe(time)
})

test.each([
  '2024-02-29 12:00:00',
  '2023-02-29 12:00:00+00',
  '2024-02-30 12:00:00+00',
  '12',
  '29.2.2024 12:00+00',
])('%s is refused, and not another second', written => {
  expect(() => readTime(written)).toThrow(`TO is a time with its zone, such as '2026-11-25 12:00:00+00'`)
})

test('a second to come is refused', () => {
  expect(() => readTime(new Date(Date.now() + 60_000).toISOString())).toThrow('TO lies in the future.')
})
