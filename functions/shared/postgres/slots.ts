import { DomainError } from '../domain-error.ts'

/** Turns at something of which there are only so many, first come, first served. */
export interface Slots {
  /** Resolves to what gives the turn back. Rejects with 503 at once where nobody could be served in time, or after it. */
  take(): Promise<() => void>
  /** True when the next one would have to wait. */
  isFull(): boolean
}

export interface SlotsOptions {
  readonly count: number
  /** Nobody waits for longer: the client is better served by 503 and Retry-After. */
  readonly maxWaitMs: number
  /** Milliseconds that only grow; a test brings its own. */
  readonly now?: () => number
}

interface Waiting {
  readonly timer: NodeJS.Timeout
  serve(): void
}

/** Weight of the newest turn in the mean. */
const weight = 0.1

/**
 * Overload is refused at its beginning and not after a wait: a request that comes when those that wait already need more than
 * `maxWaitMs`, at the pace of the last turns, is told so at once, and those that wait are served in time.
 */
export function createSlots({ count, maxWaitMs, now = () => performance.now() }: SlotsOptions): Slots {
  const waiting = new Set<Waiting>()
  let free = count
  let meanTurnMs = 0

  function begin(): () => void {
    const startMs = now()
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      meanTurnMs += weight * (now() - startMs - meanTurnMs)
      const [first] = waiting
      if (first === undefined) free += 1
      else first.serve()
    }
  }

  return {
    isFull: () => free === 0,
    take() {
      if (free > 0) {
        free -= 1
        return Promise.resolve(begin())
      }
      if (((waiting.size + 1) * meanTurnMs) / count > maxWaitMs) return Promise.reject(overloaded())
      return new Promise((resolve, reject) => {
        const one: Waiting = {
          timer: setTimeout(() => {
            waiting.delete(one)
            reject(overloaded())
          }, maxWaitMs),
          serve: () => {
            clearTimeout(one.timer)
            waiting.delete(one)
            resolve(begin())
          },
        }
        waiting.add(one)
      })
    },
  }
}

const overloaded = () =>
  new DomainError('unavailable', {
    detail: 'The server is overloaded: try again in a moment.',
  })
