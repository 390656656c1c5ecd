import { OverloadError } from '../domain-error.ts'

/** A limited number of slots, which are assigned in the order of the calls. */
export interface Slots {
  /**
   * Resolves to a function that releases the slot. Rejects with 503: at once if the wait would exceed its limit, or else
   * when it does. A request's later slots precede the first slots of others.
   */
  take(isLater?: boolean): Promise<() => void>
  /** True when the next call would have to wait. */
  isFull(): boolean
  /** False when a first slot would be refused. */
  hasRoom(): boolean
}

export interface SlotsOptions {
  readonly count: number
  /** Nobody waits for longer: the client is better served by 503 and Retry-After. */
  readonly maxWaitMs: number
  /** The limit for a later slot: rejecting it wastes the work already done for the request. */
  readonly maxLaterWaitMs?: number
  /** Milliseconds that only grow; a test brings its own. */
  readonly now?: () => number
}

interface Waiting {
  readonly timer: NodeJS.Timeout
  serve(): void
}

/** Weight of the newest slot in the means. */
const weight = 0.1

/**
 * Refuses overload at its beginning and not after a wait: a request is rejected at once when those that wait already need
 * more than `maxWaitMs`, at the mean time that slots were held, so that those that wait are served in time.
 */
export function createSlots(options: SlotsOptions): Slots {
  const { count, maxWaitMs, maxLaterWaitMs = maxWaitMs, now = () => performance.now() } = options
  const waiting = new Set<Waiting>()
  const waitingLater = new Set<Waiting>()
  let free = count
  let meanHeldMs = 0
  /** The share of later slots: each request that begins needs more of them. */
  let laterShare = 0

  function begin(isLater: boolean): () => void {
    laterShare += weight * (Number(isLater) - laterShare)
    const startMs = now()
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      meanHeldMs += weight * (now() - startMs - meanHeldMs)
      const first = oldest(waitingLater) ?? oldest(waiting)
      if (first === undefined) free += 1
      else first.serve()
    }
  }

  /** Assumes that slots are held as long as the last ones were. */
  function expectedWaitMs(isLater: boolean): number {
    if (free > 0) return 0
    const later = waitingLater.size + Number(isLater)
    const slotsAhead = isLater ? later : later + (waiting.size + 1) / (1 - Math.min(laterShare, 0.9))
    return (slotsAhead * meanHeldMs) / count
  }

  return {
    isFull: () => free === 0,
    hasRoom: () => expectedWaitMs(false) <= maxWaitMs,
    take(isLater = false) {
      if (free > 0) {
        free -= 1
        return Promise.resolve(begin(isLater))
      }
      const queue = isLater ? waitingLater : waiting
      const waitMs = isLater ? maxLaterWaitMs : maxWaitMs
      if (expectedWaitMs(isLater) > waitMs) return Promise.reject(new OverloadError())
      return new Promise((resolve, reject) => {
        const one: Waiting = {
          timer: setTimeout(() => {
            queue.delete(one)
            reject(new OverloadError())
          }, waitMs),
          serve: () => {
            clearTimeout(one.timer)
            queue.delete(one)
            resolve(begin(isLater))
          },
        }
        queue.add(one)
      })
    },
  }
}

const oldest = <One>(queue: ReadonlySet<One>): One | undefined => queue.values().next().value
