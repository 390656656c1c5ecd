import type { Redis } from 'ioredis'
import { createCircuitBreaker } from '../circuit-breaker.ts'
import { describeError, type Log } from '../log.ts'
import { beginSpan } from '../tracing.ts'
import { isYoung } from '../young-process.ts'

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
  const isTimeToReconnect = createReconnectTimer()
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
    reconnectOnError: error => isReadOnly(error) && isTimeToReconnect(),
  })
  traceCommands(redis)
  let reachable = true
  redis.on('ready', () => {
    reachable = true
  })
  /** Without it the connection goes on in database 0, which may be another installation's. */
  let hasDatabase = true
  redis.on('connect', () => {
    hasDatabase = true
  })
  redis.on('error', error => {
    if (isOfSelect(error)) hasDatabase = false
    // One line per outage, not one per attempt to reconnect.
    if (reachable) log.warn('Redis unavailable', describeError(error))
    reachable = false
  })
  // A slow Redis costs a handful of requests their time, and not all.
  const breaker = createCircuitBreaker({ failuresToOpen: 5, pauseMs: 1_000 })

  /** The function continues as in an outage: only these lines tell what is missing, a permission, memory or a disk. */
  const refusals = new Set<string>()
  function reportRefusal(error: unknown): never {
    const code = refusalOf(error)
    if (code !== undefined && !refusals.has(code)) {
      refusals.add(code)
      log.error('Redis denied a command', describeError(error))
    }
    throw error
  }

  async function run<Reply>(command: (redis: Redis) => Promise<Reply>): Promise<Reply> {
    if (!hasDatabase) throw new Error('Redis refused the database of its URL')
    return command(redis).catch(reportRefusal)
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
    attempt: async command => {
      if (!breaker.admits()) return undefined
      try {
        const reply = await run(command)
        breaker.succeeded()
        return reply
      } catch {
        breaker.failed()
        return undefined
      }
    },
    ping: async () => {
      // Connecting is not unavailable: the first health check after a cold start opens the connection.
      if (redis.status !== 'ready' && (isYoung() || redis.status.startsWith('connect'))) await whenReady()
      await run(commands => commands.ping())
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

/** The first word of an error that Redis itself replied with: NOPERM, OOM, MISCONF, MOVED and others. */
const refusalOf = (error: unknown): string | undefined =>
  error instanceof Error ? /^[A-Z]{2,}(?= )/.exec(error.message)?.[0] : undefined

/** The server has become a replica: its name leads to its successor. */
const isReadOnly = (error: unknown) => refusalOf(error) === 'READONLY'

/** A server that stays read-only refuses each write: reconnecting for each of them would stop the reads. */
const reconnectIntervalMs = 1_000

function createReconnectTimer(): () => boolean {
  let lastMs = Number.NEGATIVE_INFINITY
  return () => {
    if (performance.now() - lastMs < reconnectIntervalMs) return false
    lastMs = performance.now()
    return true
  }
}

const isOfSelect = (error: unknown): boolean => error instanceof Error && commandOf(error) === 'select'

const commandOf = (error: Error): unknown =>
  'command' in error && typeof error.command === 'object' && error.command !== null && 'name' in error.command
    ? error.command.name
    : undefined
