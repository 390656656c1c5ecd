import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Attempts, decideAttempt, noAttempts, type ThrottleSettings } from './throttle-rule.ts'

const anySettings = fc.record({
  freeAttempts: fc.integer({ min: 1, max: 100 }),
  maxWaitSeconds: fc.integer({ min: 1, max: 3_600 }),
  forgetAfterSeconds: fc.integer({ min: 3_600, max: 86_400 }),
})

/** Makes one attempt after another, each as soon as it is allowed, and returns the wait that follows each. */
function waitsOf(settings: ThrottleSettings, count: number): readonly number[] {
  const waits: number[] = []
  let attempts: Attempts = noAttempts
  while (waits.length < count) {
    const decision = decideAttempt(attempts, settings)
    if (!decision.isAllowed) throw new Error('an attempt after its wait is refused')
    waits.push(decision.attempt.waitSeconds)
    attempts = {
      count: decision.attempt.count,
      waitSeconds: 0,
      secondsSinceLast: decision.attempt.waitSeconds,
    }
  }
  return waits
}

it('doubles the wait after the free attempts, up to the longest', () => {
  const settings = { freeAttempts: 2, maxWaitSeconds: 5, forgetAfterSeconds: 3_600 }
  expect(waitsOf(settings, 7)).toEqual([0, 1, 2, 4, 5, 5, 5])
  const defaults = { freeAttempts: 10, maxWaitSeconds: 300, forgetAfterSeconds: 3_600 }
  expect(waitsOf(defaults, 20)).toEqual([
    ...Array.from({ length: 9 }, () => 0),
    ...[1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300],
  ])
})

it('never waits for longer than the maximum, nor for less than before while the attempts are remembered', () => {
  fc.assert(
    fc.property(anySettings, fc.integer({ min: 1, max: 150 }), (settings, count) => {
      const waits = waitsOf(settings, count)
      expect(Math.max(...waits)).toBeLessThanOrEqual(settings.maxWaitSeconds)
      expect(waits).toEqual(waits.toSorted((a, b) => a - b))
      expect(waits.filter(wait => wait === 0)).toHaveLength(Math.min(count, settings.freeAttempts - 1))
    }),
  )
})

it('allows an attempt exactly when the wait is over, and never states a shorter wait than is left', () => {
  const anyAttempts = fc.record({
    count: fc.nat(1_000),
    secondsSinceLast: fc.nat(90_000),
    waitSeconds: fc.integer({ min: -90_000_000, max: 3_600_000 }).map(ms => ms / 1_000),
  })
  fc.assert(
    fc.property(anySettings, anyAttempts, (settings, attempts) => {
      const decision = decideAttempt(attempts, settings)
      expect(decision.isAllowed).toBe(attempts.waitSeconds <= 0)
      if (decision.isAllowed) return
      expect(decision.waitSeconds).toBeGreaterThanOrEqual(attempts.waitSeconds)
      expect(decision.waitSeconds).toBeLessThan(attempts.waitSeconds + 1)
    }),
  )
})

it('does not wait for a clock that went back', () => {
  const settings = { freeAttempts: 2, maxWaitSeconds: 5, forgetAfterSeconds: 3_600 }
  const attempts = { count: 3, secondsSinceLast: -86_400, waitSeconds: 86_402 }
  expect(decideAttempt(attempts, settings)).toEqual({
    isAllowed: true,
    attempt: { count: 4, waitSeconds: 4 },
  })
})

it('starts again after a success, and after the time in which attempts are forgotten', () => {
  fc.assert(
    fc.property(anySettings, fc.nat(1_000), (settings, count) => {
      const first = decideAttempt(noAttempts, settings)
      const since = settings.forgetAfterSeconds
      const remembered = { count, waitSeconds: 0, secondsSinceLast: since }
      expect(first).toMatchObject({ attempt: { count: 1 } })
      expect(decideAttempt({ ...remembered, secondsSinceLast: since + 1 }, settings)).toEqual(first)
      expect(decideAttempt(remembered, settings)).toMatchObject({ attempt: { count: count + 1 } })
    }),
  )
})
