import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient, PoolConfig } from 'pg'
import { DatabaseError } from 'pg-protocol'
import { describeError, type Log } from '../log.ts'
import { ConnectError, isConnectionLost, isUnreachable } from './errors.ts'
import { defaultDeadlineMs } from './timeouts.ts'
import { connectionOptions } from './tls.ts'

export interface ConnectionPool {
  /** Rejects when no connection could be made by `untilMs`, in the time of `performance.now()`. */
  connect(untilMs: number): Promise<PoolClient>
  /** After `client` failed with `cause`: no connection that was made before it or with it is used again. */
  drop(client: PoolClient, cause: unknown): void
  close(): Promise<void>
}

export interface PoolOptions {
  readonly url: string
  /** Certificates in PEM: connections are TLS then, and verified. */
  readonly authority?: string | undefined
  readonly poolSize: number
  readonly log: Log
  /** From a call to its first answer. Tests set a longer one, so that a busy machine does not count as an outage. */
  readonly deadlineMs?: number
}

/** One try: a packet that was dropped is not waited for, since the next try comes sooner. */
const connectTimeoutMs = 600
/** The minimum for the last try: enough for a connection that the pool holds. */
const minConnectMs = 100
const firstRetryMs = 20
const maxRetryMs = 200
const idleTimeoutMs = 30_000
/** A server that stays read-only fails each write: reconnecting for each of them would slow down the reads. */
const readOnlyIntervalMs = 1_000

export async function openPool({
  url,
  authority,
  poolSize,
  log,
  deadlineMs = defaultDeadlineMs,
}: PoolOptions): Promise<ConnectionPool> {
  const { Pool: PgPool } = await import('pg')
  const config: PoolConfig = {
    ...connectionOptions(url, authority),
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    // Postgres ends a statement before: no answer by then is a server that is gone.
    query_timeout: deadlineMs,
    keepAlive: true,
  }
  const create = () => {
    const pool = new PgPool(config)
    // Without a listener the loss of an idle connection ends the process.
    pool.on('error', error => log.warn('idle Postgres connection lost', describeError(error)))
    // Nor that of one between the pool and its user, when neither listens: a server that stops can say so in the packet
    // that makes the connection.
    pool.on('connect', client => client.on('error', () => undefined))
    return pool
  }
  let pool: Pool = create()
  let createdMs = Number.NEGATIVE_INFINITY
  const poolOf = new WeakMap<PoolClient, Pool>()

  return {
    /**
     * Refused, reset and unanswered connections are tried again in short steps: where NetworkPolicies are enforced, the
     * first packets of a young pod are refused until its address is known everywhere.
     */
    async connect(untilMs) {
      for (let waitMs = firstRetryMs; ; waitMs = Math.min(2 * waitMs, maxRetryMs)) {
        try {
          const from = pool
          const client = await connectBy(from, untilMs)
          poolOf.set(client, from)
          return client
        } catch (error) {
          if (isRefusal(error) || performance.now() + waitMs > untilMs) throw new ConnectError(error)
          await sleep(waitMs)
        }
      }
    },
    drop(client, cause) {
      if (poolOf.get(client) !== pool) return
      if (!isConnectionLost(cause) && performance.now() - createdMs < readOnlyIntervalMs) return
      createdMs = performance.now()
      const former = pool
      pool = create()
      // A server that hangs keeps its connections open for as long as it does; nobody waits for them.
      void former.end()
    },
    close: () => pool.end(),
  }
}

/** The server is there and says no, such as to a password: it would say so again. */
const isRefusal = (error: unknown): boolean => error instanceof DatabaseError && !isUnreachable(error)

/** A try without an answer at the deadline is left to itself, and its connection to the pool. */
async function connectBy(pool: Pool, untilMs: number): Promise<PoolClient> {
  const connecting = pool.connect()
  const leftMs = Math.max(untilMs - performance.now(), minConnectMs)
  if (leftMs >= connectTimeoutMs) return connecting
  const deadline = Promise.withResolvers<never>()
  const expire = () => deadline.reject(new Error('timeout exceeded when trying to connect'))
  const timer = setTimeout(expire, leftMs)
  try {
    return await Promise.race([connecting, deadline.promise])
  } catch (error) {
    connecting.then(
      client => client.release(),
      () => undefined,
    )
    throw error
  } finally {
    clearTimeout(timer)
  }
}
