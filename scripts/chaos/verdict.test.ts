import { expect, test } from 'vitest'
import { type Exchange, summarize } from './exchanges.ts'
import type { Fault, Tolerance } from './fault.ts'
import { brokenPromises } from './verdict.ts'

const success: Exchange = {
  ...{ method: 'GET', path: '/posts', outcome: 200, sentMs: 100, receivedMs: 110 },
  ...{ saysWhen: false, isForeign: false, text: '' },
}
const unavailable: Exchange = { ...success, outcome: 503, saysWhen: true }
const platforms: Exchange = { ...success, outcome: 502, isForeign: true, text: 'dial tcp 127.0.0.1:8080' }
const nothingFound = { acknowledged: 1, found: 1, lost: [], duplicates: [], backward: [], stale: [] }

function broken(
  tolerance: Tolerance,
  exchanges: readonly Exchange[],
  { givenUp = [], findings = {} }: { givenUp?: string[]; findings?: object } = {},
) {
  const fault: Fault = { name: 'a', what: 'a', tolerance, gapMs: 1_000, run: async () => undefined }
  const summary = summarize(exchanges, 100, 200)
  return brokenPromises(fault, summary, exchanges, givenUp, { ...nothingFound, ...findings })
}

test.each<[Tolerance, Exchange, boolean]>([
  ['nothing', success, true],
  ['nothing', unavailable, false],
  ['nothing', platforms, false],
  ['unavailable', unavailable, true],
  ['unavailable', { ...unavailable, saysWhen: false }, false],
  ['unavailable', { ...unavailable, receivedMs: 16_000 }, false],
  ['unavailable', { ...unavailable, outcome: 500 }, false],
  ['unavailable', platforms, false],
  ['retry', unavailable, true],
  ['retry', platforms, true],
  ['retry', { ...platforms, outcome: 'ECONNRESET' }, true],
  ['retry', { ...platforms, outcome: 500 }, false],
  ['retry', { ...platforms, isForeign: false }, false],
])('where %s may be seen, %o keeps the promise: %s', (tolerance, exchange, holds) => {
  const [first] = broken(tolerance, [success, exchange])
  if (holds) expect(first).toBeUndefined()
  else expect(first).toContain(`1 of 2 requests failed, the first: GET /posts: ${exchange.outcome}`)
})

test('a call that fails after all retries breaks the promise that a retry helps', () => {
  expect(broken('retry', [success], { givenUp: ['list'] })).toEqual([
    '1 calls failed after all retries, the first: list',
  ])
})

test.each(['lost', 'duplicates', 'backward', 'stale'])(
  'whatever the checker finds as %s breaks a promise',
  kind => {
    expect(broken('retry', [success], { findings: { [kind]: ['a post'] } })).toHaveLength(1)
  },
)

test('a gap is the longest time without a success, from the beginning to the end', () => {
  const at = (receivedMs: number): Exchange => ({ ...success, receivedMs })
  const summary = summarize([at(500), unavailable, at(2_100)], 0, 3_000)
  expect(summary).toMatchObject({ requests: 3, failed: 1, longestGapMs: 1_600 })
  expect([...summary.outcomes]).toEqual([
    ['200', 2],
    ['503', 1],
  ])
})
