import { DomainError } from '../domain-error.ts'

/** A circuit breaker: what does not answer is not waited for by one request after the other. */
export interface Outage {
  /** Throws 503 while Postgres is known not to answer. One request after each pause goes through, to see. */
  require(): void
  failed(): void
  succeeded(): void
}

/** In a row, each after its whole deadline or with its connection lost. */
const failuresToOpen = 2
const pauseMs = 500

export function createOutage(now: () => number = () => performance.now()): Outage {
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
