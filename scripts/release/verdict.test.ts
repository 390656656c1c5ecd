import { expect, test } from 'vitest'
import type { Requests } from '../cluster/queue-proxy.ts'
import { judge, type Verdict } from './verdict.ts'

/** `count` requests, all within the bucket that ends at `seconds`. */
const requests = (count: number, failed = 0, seconds = 0.01): Requests => ({
  count,
  failed,
  buckets: new Map([
    [seconds / 2, 0],
    [seconds, count],
    [Number.POSITIVE_INFINITY, count],
  ]),
})

const compare = (stable: Requests, candidate: Requests, settled = { stable, candidate }): Verdict =>
  judge({ stable, candidate, settled })

test('enough requests without failures are good, fewer undecided', () => {
  expect(compare(requests(900), requests(100))).toEqual({ kind: 'good' })
  expect(compare(requests(900), requests(99))).toEqual({ kind: 'undecided' })
})

test('5 % of failures are bad, before the sample is complete if that is certain, and the reason has both shares', () => {
  expect(compare(requests(900), requests(100, 5))).toMatchObject({
    kind: 'bad',
    because: expect.stringContaining('5.0 %'),
  })
  expect(compare(requests(90), requests(10, 3))).toMatchObject({ kind: 'bad' })
})

test('a single failure decides nothing, and a stable revision that fails as much is no worse', () => {
  expect(compare(requests(90), requests(10, 1))).toEqual({ kind: 'undecided' })
  expect(compare(requests(1_000, 50), requests(100, 5))).toEqual({ kind: 'good' })
})

test('a p99 above 30 ms and twice the stable one is bad; below either bound it is good', () => {
  expect(compare(requests(900, 0, 0.05), requests(100, 0, 0.25))).toMatchObject({ kind: 'bad' })
  expect(compare(requests(900, 0, 0.005), requests(100, 0, 0.025))).toEqual({ kind: 'good' })
  expect(compare(requests(0), requests(100, 0, 0.1))).toEqual({ kind: 'good' })
})

test('the first responses of a new process may be slow, but must not fail', () => {
  const settled = { stable: requests(900, 0, 0.02), candidate: requests(100, 0, 0.02) }
  expect(compare(requests(1_000, 0, 0.02), requests(120, 0, 0.25), settled)).toEqual({ kind: 'good' })
  expect(compare(requests(1_000), requests(120, 9), settled)).toMatchObject({ kind: 'bad' })
})
