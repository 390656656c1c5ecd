import type { Redis } from 'ioredis'
import { describeError, type Log } from '../log.ts'
import { beginSpan } from '../tracing.ts'
import { isYoung } from '../young-process.ts'
import { createCircuitBreaker } from './circuit-breaker.ts'

/** Redis as the functions use it: never the only copy of anything, and never waited for longer than a command's timeout. */
export interface RedisClient {
  /** Resolves to the reply; to undefined while Redis is unavailable, slow or the circuit breaker is open. Never rejects. */
  attempt<Reply>(command: (redis: Redis) => Promise<Reply>): Promise<Reply | undefined>
  ping(): Promise<void>
  close(): Promise<void>
}

export interface RedisOptions {
  readonly url: string
  /** Certificates in PEM that a `rediss://` server is verified by; without them, by those of public authorities. */
  readonly authority?: string | undefined
  readonly log: Log
  /** Tests set a longer one, so that a busy machine does not count as an outage. */
  readonly commandTimeoutMs?: number
}

/** A slower cache costs more time than the statement that it saves. */
const defaultCommandTimeoutMs = 100

/** Starts to connect, and returns without waiting for it. Accepts `redis://` and, over TLS, `rediss://`. */
export async function openRedis({
  url,
  authority,
  log,
  commandTimeoutMs = defaultCommandTimeoutMs,
}: RedisOptions): Promise<RedisClient> {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2_000,
    enableOfflineQueue: false,
    ...(authority !== undefined && url.startsWith('rediss:') && { tls: { ca: authority } }),
    maxRetriesPerRequest: 0,
    retryStrategy: attempt => Math.min(50 * 2 ** attempt, 2_000),
    // The check needs INFO, which not every compatible service offers, and which a function's user may not run.
    enableReadyCheck: false,
    // A function's user may not name its connections.
    disableClientInfo: true,
  })
  traceCommands(redis)
  let reachable = true
  redis.on('ready', () => {
    reachable = true
  })
  redis.on('error', error => {
    // One line per outage, not one per attempt to reconnect.
    if (reachable) log.warn('Redis unavailable', describeError(error))
    reachable = false
  })
  const breaker = createCircuitBreaker()

  /** The function continues as in an outage, so only this line tells that its user lacks a permission. */
  let isRefused = false
  function reportRefusal(error: unknown): never {
    if (!isRefused && isAccessRefused(error)) {
      isRefused = true
      log.error('Redis denied a command', describeError(error))
    }
    throw error
  }

  /** All callers share one listener while Redis is unavailable. */
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
      // Connecting is not unavailable: the first health check after a cold start opens the connection.
      if (redis.status !== 'ready' && (isYoung() || redis.status.startsWith('connect'))) await whenReady()
      await redis.ping()
    },
    close: async () => {
      // quit() waits for commands in flight, but rejects without a connection.
      await redis.quit().catch(() => redis.disconnect())
    },
  }
}

/**
 * A span for each command of a sampled request. The channel of ioredis would do it too, but once anything listens there, it
 * describes every command with its arguments, also for the requests that are not sampled.
 */
function traceCommands(redis: Redis): void {
  const send = redis.sendCommand.bind(redis)
  redis.sendCommand = (command, stream) => {
    const end = beginSpan('redis', command.name)
    if (end !== undefined) command.promise.then(() => end(), end)
    return send(command, stream)
  }
}

const isAccessRefused = (error: unknown) =>
  error instanceof Error && /^(?:NOPERM|NOAUTH|WRONGPASS)\b/.test(error.message)
