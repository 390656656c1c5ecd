import { expect, it } from 'vitest'
import { createCircuitBreaker } from './circuit-breaker.ts'

it('opens after failures in a row, lets one through after each pause, and closes when that one works', () => {
  let nowMs = 0
  const breaker = createCircuitBreaker({ failuresToOpen: 2, pauseMs: 500, now: () => nowMs })
  const admitted = (count: number) => Array.from({ length: count }, () => breaker.admits())
  for (let n = 0; n < 2; n += 1) {
    expect(breaker.admits()).toBe(true)
    breaker.failed()
  }
  expect(admitted(2)).toEqual([false, false])

  nowMs = 500
  expect(admitted(3)).toEqual([true, false, false])
  breaker.failed()
  nowMs = 999
  expect(breaker.admits()).toBe(false)

  nowMs = 1_000
  expect(breaker.admits()).toBe(true)
  breaker.succeeded()
  expect(admitted(2)).toEqual([true, true])
})

it('is not opened by failures with successes between them', () => {
  const breaker = createCircuitBreaker({ failuresToOpen: 2, pauseMs: 500 })
  for (let n = 0; n < 20; n += 1) {
    breaker.failed()
    expect(breaker.admits()).toBe(true)
    breaker.succeeded()
  }
})
