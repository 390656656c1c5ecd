import { ApiProblem } from './problem.ts'

export interface RetryOptions {
  /** How often a request is sent again; 0 turns it off. */
  readonly retries: number
  /** A server that asks for a longer wait is not waited for. */
  readonly maxWaitMs: number
}

const firstWaitMs = 100
/** Overload, and a proxy whose function does not respond. Also after a lost connection, which has no status. */
const passing = new Set([429, 502, 503, 504])

/**
 * How long to wait before the next attempt; undefined where there is none. Waits double, each with full jitter, so that
 * clients that failed together do not come back together; `Retry-After` comes first.
 */
export function waitBeforeRetry(
  attempt: number,
  error: unknown,
  { retries, maxWaitMs }: RetryOptions,
): number | undefined {
  const problem = error instanceof ApiProblem ? error : undefined
  if (attempt >= retries || (problem !== undefined && !passing.has(problem.status))) return undefined
  const backoffMs = Math.random() * firstWaitMs * 2 ** attempt
  const waitMs = Math.max((problem?.retryAfterSeconds ?? 0) * 1_000, backoffMs)
  return waitMs <= maxWaitMs ? waitMs : undefined
}

/** Resolves after `ms`; rejects at once with the signal's reason when it is aborted. */
export function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
