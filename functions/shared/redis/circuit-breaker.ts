/** Stops asking after this many failures in a row, so that a slow Redis costs a handful of requests and not all. */
const failuresToOpen = 5
/** Then one request tries again after this long. */
const openMs = 1_000

export interface CircuitBreaker {
  attempt<Value>(action: () => Promise<Value>): Promise<Value | undefined>
}

/** A circuit breaker whose failures, and refusals while it is open, are undefined. */
export function createCircuitBreaker(now: () => number = () => performance.now()): CircuitBreaker {
  let failures = 0
  let openUntilMs = 0
  return {
    async attempt(action) {
      if (failures >= failuresToOpen) {
        if (now() < openUntilMs) return undefined
        // Half open: this one goes through, the others wait for what it finds.
        openUntilMs = now() + openMs
      }
      try {
        const value = await action()
        failures = 0
        return value
      } catch {
        failures += 1
        if (failures >= failuresToOpen) openUntilMs = now() + openMs
        return undefined
      }
    },
  }
}
