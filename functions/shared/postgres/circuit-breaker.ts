import { DomainError } from '../domain-error.ts'

/** A circuit breaker: requests fail at once, instead of each waiting for a server that does not respond. */
export interface CircuitBreaker {
  /** Throws 503 while the breaker is open. One request after each pause goes through, as a probe. */
  require(): void
  failed(): void
  succeeded(): void
}

/** In a row, each after its whole deadline or with its connection lost. */
const failuresToOpen = 2
const pauseMs = 500

export function createCircuitBreaker(now: () => number = () => performance.now()): CircuitBreaker {
  let failures = 0
  let openUntilMs = Number.NEGATIVE_INFINITY
  return {
    require() {
      if (failures < failuresToOpen) return
      if (now() < openUntilMs)
        throw new DomainError('unavailable', { detail: 'The database is not reachable right now.' })
      // Half open: the others wait for what this one finds.
      openUntilMs = now() + pauseMs
    },
    failed() {
      failures += 1
      if (failures >= failuresToOpen) openUntilMs = now() + pauseMs
    },
    succeeded() {
      failures = 0
    },
  }
}
