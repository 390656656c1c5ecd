import { setTimeout as sleep } from 'node:timers/promises'
import { createCounter } from '../metrics.ts'
import type { Database } from './database.ts'
import type { Parameter, Queryable, Statement } from './statement.ts'

export interface ReplicaOptions {
  readonly primary: Queryable
  readonly replica: Database
}

/** The waits for a replica that lags: less, in sum, than most reads that are worth sending there. */
const waitsMs = [2, 4, 8, 16]
/** A replica that has not answered by then is not waited for: the primary is asked too. */
const patienceMs = 500
/** A replica that was late or failed is left alone for so long. */
const pauseMs = 1_000

const reads = createCounter('iod_replica_reads_total', 'Reads sent to a replica, by who answered.', 'result')

/**
 * The flush position of the primary covers everything that it has acknowledged, and everything that a read there would
 * show, since the functions' transactions become visible after they are flushed.
 */
const selectPosition = {
  name: 'select_position',
  text: 'select pg_current_wal_flush_lsn()::text as position',
}

/** A server that is no replica, such as one that was promoted, shows nothing. */
const selectIsCurrent = {
  name: 'select_is_current',
  text: `select pg_is_in_recovery() and pg_last_wal_replay_lsn() >= $1::pg_lsn as "isCurrent"`,
}

/**
 * Reads on a replica that are as fresh as on the primary: each asks the primary how far its log is, and the replica, on
 * the connection that then reads, whether it has replayed that much. Where it has not, or cannot tell, the primary reads.
 * Clocks, Redis and the replica's own idea of its lag have no part in it.
 */
export function createReplicaReads(
  { primary, replica }: ReplicaOptions,
  now: () => number = () => performance.now(),
): Queryable {
  const askPosition = createSharedRead(async () => {
    const [row] = await primary.query<{ position: string }>(selectPosition)
    return row?.position ?? ''
  })
  let pausedUntilMs = Number.NEGATIVE_INFINITY

  /** Undefined where the replica is behind. A transaction, so that PgBouncer does not change the server in between. */
  const read = async <Row>(
    statement: Statement,
    parameters?: readonly Parameter[],
  ): Promise<readonly Row[] | undefined> => {
    const position = await askPosition()
    return replica.transaction(
      async on => {
        for (const waitMs of [...waitsMs, undefined]) {
          const [row] = await on.query<{ isCurrent: boolean | null }>(selectIsCurrent, [position])
          // A statement of its own, whose snapshot is newer than the answer.
          if (row?.isCurrent) return on.query<Row>(statement, parameters)
          if (waitMs !== undefined) await sleep(waitMs)
        }
        return undefined
      },
      { isIdempotent: true },
    )
  }

  return {
    async query<Row>(statement: Statement, parameters?: readonly Parameter[]) {
      if (now() >= pausedUntilMs) {
        const answer = read<Row>(statement, parameters).catch(() => undefined)
        const rows = await Promise.race([answer, sleep(patienceMs, undefined, { ref: false })])
        if (rows !== undefined) {
          reads.add('replica')
          return rows
        }
        pausedUntilMs = now() + pauseMs
      }
      reads.add('primary')
      return primary.query<Row>(statement, parameters)
    },
  }
}

/** Callers share the next call of `read` that has not begun, so that its answer is never older than their question. */
export function createSharedRead<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let running: Promise<unknown> = Promise.resolve()
  let next: Promise<Value> | undefined
  return () => {
    next ??= running.then(() => {
      next = undefined
      const begun = read()
      running = begun.catch(() => undefined)
      return begun
    })
    return next
  }
}
