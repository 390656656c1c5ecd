import { createHash } from 'node:crypto'
import type { RedisClient } from './client.ts'

export interface LimiterOptions {
  /** Part of the key in Redis: limiters of one name share their counts, in all pods of all functions. */
  readonly name: string
  /** Requests per window; 0 turns the limiter off. */
  readonly limit: number
  readonly windowSeconds: number
  /** Unix time in milliseconds; a test brings its own. */
  readonly now?: () => number
}

export interface Verdict {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  readonly resetSeconds: number
}

export interface Limiter {
  /** Counts one request of `subject`. Undefined when the limiter is off. Never rejects. */
  take(subject: string): Promise<Verdict | undefined>
}

/** More subjects at once than a pod without Redis remembers: the oldest are forgotten first. */
const maxLocalSubjects = 10_000

/**
 * Counts in fixed windows of wall-clock time: one atomic INCR, no matter how many pods ask at once.
 * While Redis is unavailable, each process counts for itself, so the limit is at most that many times as high.
 */
export function createLimiter(redis: RedisClient, options: LimiterOptions): Limiter {
  const { name, limit, windowSeconds, now = Date.now } = options
  const windowMs = windowSeconds * 1_000
  const local = new Map<string, number>()

  function countHere(key: string): number {
    const count = (local.get(key) ?? 0) + 1
    // Put at the end again, so that the first one is the longest unused.
    local.delete(key)
    local.set(key, count)
    const [oldest] = local.keys()
    if (local.size > maxLocalSubjects && oldest !== undefined) local.delete(oldest)
    return count
  }

  return {
    async take(subject) {
      if (limit === 0) return undefined
      const nowMs = now()
      const window = Math.floor(nowMs / windowMs)
      // Hashed, so that Redis holds no readable address or email.
      const hash = createHash('sha256').update(subject).digest('base64url')
      const key = `iod:limit:${name}:${window}:${hash}`
      const inRedis = await redis.attempt(async commands => {
        const [count] = await Promise.all([commands.incr(key), commands.expire(key, windowSeconds * 2)])
        return count
      })
      const count = inRedis ?? countHere(key)
      return {
        allowed: count <= limit,
        limit,
        remaining: Math.max(0, limit - count),
        resetSeconds: Math.ceil(((window + 1) * windowMs - nowMs) / 1_000),
      }
    },
  }
}
