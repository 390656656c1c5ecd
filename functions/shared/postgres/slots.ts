import { OverloadError } from '../domain-error.ts'

/** Turns at a limited number of places, first come, first served. */
export interface Slots {
  /**
   * Resolves to what gives the turn back. Rejects with 503 at once where nobody could be served in time, or after it.
   * A later turn of a request precedes the first ones of others.
   */
  take(isLater?: boolean): Promise<() => void>
  /** True when the next one would have to wait. */
  isFull(): boolean
  /** False when a first turn would be refused. */
  hasRoom(): boolean
}

export interface SlotsOptions {
  readonly count: number
  /** Nobody waits for longer: the client is better served by 503 and Retry-After. */
  readonly maxWaitMs: number
  /** The limit for a later turn: rejecting it wastes the work already done for the request. */
  readonly maxLaterWaitMs?: number
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
export function createSlots(options: SlotsOptions): Slots {
  const { count, maxWaitMs, maxLaterWaitMs = maxWaitMs, now = () => performance.now() } = options
  const waiting = new Set<Waiting>()
  const waitingLater = new Set<Waiting>()
  let free = count
  let meanTurnMs = 0
  /** The share of the turns that continue a request: each request that begins brings more of them. */
  let laterShare = 0

  function begin(isLater: boolean): () => void {
    laterShare += weight * (Number(isLater) - laterShare)
    const startMs = now()
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      meanTurnMs += weight * (now() - startMs - meanTurnMs)
      const first = oldest(waitingLater) ?? oldest(waiting)
      if (first === undefined) free += 1
      else first.serve()
    }
  }

  /** At the pace of the last turns. */
  function expectedWaitMs(isLater: boolean): number {
    if (free > 0) return 0
    const later = waitingLater.size + Number(isLater)
    const turns = isLater ? later : later + (waiting.size + 1) / (1 - Math.min(laterShare, 0.9))
    return (turns * meanTurnMs) / count
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
