/** Requests fail at once, instead of each waiting for a server that does not respond. */
export interface CircuitBreaker {
  /** False while the breaker is open; true for one request after each pause, which is the probe. */
  admits(): boolean
  failed(): void
  succeeded(): void
}

interface CircuitBreakerOptions {
  /** In a row. */
  readonly failuresToOpen: number
  readonly pauseMs: number
  readonly now?: () => number
}

export function createCircuitBreaker({
  failuresToOpen,
  pauseMs,
  now = () => performance.now(),
}: CircuitBreakerOptions): CircuitBreaker {
  let failures = 0
  let openUntilMs = 0
  return {
    admits() {
      if (failures < failuresToOpen) return true
      if (now() < openUntilMs) return false
      // Half open: the others wait for what this one finds.
      openUntilMs = now() + pauseMs
      return true
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
