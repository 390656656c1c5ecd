import type { Redis } from 'ioredis'
import { describeError, type Log } from '../log.ts'
import { createBreaker } from './breaker.ts'

/** Redis as the functions use it: never the only copy of anything, and never waited for. */
export interface RedisClient {
  /** The reply, or undefined when Redis is away, slow or given up on for the moment. Never rejects. */
  attempt<Reply>(command: (redis: Redis) => Promise<Reply>): Promise<Reply | undefined>
  ping(): Promise<void>
  close(): Promise<void>
}

export interface RedisOptions {
  readonly url: string
  readonly log: Log
  /** A test of something else waits for Redis, however busy the machine is. */
  readonly commandTimeoutMs?: number
}

/** A cache that answers later than this is slower than the statement it saves. */
const defaultCommandTimeoutMs = 100

/** So long after its start a process may not be able to reach anything yet. */
const youngMs = 3_000

/** Begins to connect at once and does not wait. Works with `redis://` and, over TLS, `rediss://`. */
export async function openRedis({
  url,
  log,
  commandTimeoutMs = defaultCommandTimeoutMs,
}: RedisOptions): Promise<RedisClient> {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2_000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: attempt => Math.min(50 * 2 ** attempt, 2_000),
    // Services compatible with Redis do not all offer INFO, which this check needs.
    enableReadyCheck: false,
    // A function's user may not name its connections.
    disableClientInfo: true,
  })
  let reachable = true
  redis.on('ready', () => {
    reachable = true
  })
  redis.on('error', error => {
    // One line when it goes, not one per attempt to reconnect.
    if (reachable) log.warn('Redis is away', describeError(error))
    reachable = false
  })
  const breaker = createBreaker()

  /** Goes on as without Redis, so only this line tells that the user's rights do not cover what the function does. */
  let isRefused = false
  function reportRefusal(error: unknown): never {
    if (!isRefused && isAccessRefused(error)) {
      isRefused = true
      log.error('Redis refuses a command to this user', describeError(error))
    }
    throw error
  }

  /** One listener for all who ask while Redis is unavailable. */
  let becomingReady: Promise<unknown> | undefined
  function whenReady(): Promise<unknown> {
    becomingReady ??= new Promise(resolve => redis.once('ready', resolve)).finally(() => {
      becomingReady = undefined
    })
    return becomingReady
  }

  return {
    attempt: command => breaker.attempt(() => command(redis).catch(reportRefusal)),
    ping: async () => {
      // On its way is not unavailable: the first health check of a woken function is what opens the connection, and where
      // NetworkPolicies are enforced the first tries of a young pod are refused.
      const isYoung = performance.now() < youngMs
      if (redis.status !== 'ready' && (isYoung || redis.status.startsWith('connect'))) await whenReady()
      await redis.ping()
    },
    close: async () => {
      // quit() waits for what is in flight, but rejects when there is no connection to wait on.
      await redis.quit().catch(() => redis.disconnect())
    },
  }
}

const isAccessRefused = (error: unknown) =>
  error instanceof Error && /^(?:NOPERM|NOAUTH|WRONGPASS)\b/.test(error.message)
