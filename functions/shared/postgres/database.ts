import type { PoolClient } from 'pg'
import { createCircuitBreaker } from '../circuit-breaker.ts'
import { DomainError } from '../domain-error.ts'
import { describeError } from '../log.ts'
import { createCounter } from '../metrics.ts'
import { isLaterSlot } from '../slots-of-request.ts'
import { connectDeadline } from '../young-process.ts'
import { causeOf, isConnectionLost, isUnanswered, translate } from './errors.ts'
import { openPool, type PoolOptions } from './pool.ts'
import { isFailover, isRead, isRepeatable } from './repeatable.ts'
import { createSlots } from './slots.ts'
import type { Parameter, Queryable, Statement } from './statement.ts'
import { answerMs, defaultDeadlineMs } from './timeouts.ts'
import { run, type TransactionOptions, transact } from './transactions.ts'

export type { Parameter, Queryable, Statement }

export interface Database extends Queryable {
  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. In a failover it is run once
   * more, if nothing was committed or `isIdempotent`; so it has no effects beyond the transaction.
   */
  transaction<Result>(
    work: (transaction: Queryable) => Promise<Result>,
    options?: { readonly isIdempotent?: boolean },
  ): Promise<Result>
  /** False when so much waits for a connection that a new request would be refused. */
  hasRoom(): boolean
  /** Opens a first connection so that the first request finds it warm. Never rejects. */
  warm(): Promise<void>
  ping(): Promise<void>
  close(): Promise<void>
}

/** With less left, another try could not succeed. */
const minTryMs = 100
/**
 * The share of the deadline that a request may wait for its slot. Under overload all wait for as long as they may: with no
 * time left for the statement, Postgres would work for requests that fail (`overload.bounds.ts`).
 */
const waitShare = 0.5

const poolWaits = createCounter(
  'iod_pool_waits_total',
  'Statements that found every connection of the pool in use.',
)

export async function openDatabase(options: PoolOptions): Promise<Database> {
  const { poolSize, log, deadlineMs = defaultDeadlineMs } = options
  const pool = await openPool(options)
  // A request waits here and not in the pool, whose own time-out is that of connecting.
  const maxWaitMs = deadlineMs * waitShare
  const slots = createSlots({ count: poolSize, maxWaitMs, maxLaterWaitMs: deadlineMs - minTryMs })
  // Each failure is a lost connection, or a whole deadline without an answer.
  const breaker = createCircuitBreaker({ failuresToOpen: 2, pauseMs: 500 })

  async function useClient<Result>(work: Work<Result>, untilMs: number): Promise<Result> {
    const client = await pool.connect(untilMs)
    let broken: Error | undefined
    const noteBroken = (error: Error) => {
      broken = error
    }
    // A connection lost between two statements emits here; without a listener it ends the process.
    client.on('error', noteBroken)
    const leftMs = untilMs - performance.now()
    const answerTimeoutMs = Math.min(deadlineMs, Math.max(minTryMs, leftMs))
    try {
      return await work(client, { answerTimeoutMs, noteBroken })
    } catch (error) {
      const cause = causeOf(error)
      if (cause instanceof Error && isConnectionLost(cause)) broken = cause
      // It began too late for Postgres to end it by itself, so that this says nothing about the server.
      if (isUnanswered(cause) && answerTimeoutMs < deadlineMs - answerMs / 2)
        throw new DomainError('unavailable', { detail: 'The database did not answer in time.' })
      if (isFailover(cause)) pool.drop(client, cause)
      throw error
    } finally {
      client.removeListener('error', noteBroken)
      client.release(broken)
    }
  }

  async function tryTwice<Result>(
    work: Work<Result>,
    isIdempotent: () => boolean,
    untilMs: number,
  ): Promise<Result> {
    try {
      return await useClient(work, untilMs)
    } catch (error) {
      if (performance.now() + minTryMs > untilMs || !isRepeatable(causeOf(error), isIdempotent())) throw error
      return useClient(work, untilMs)
    }
  }

  async function onClient<Result>(work: Work<Result>, isIdempotent: () => boolean): Promise<Result> {
    if (!breaker.admits())
      throw new DomainError('unavailable', { detail: 'The database is not reachable right now.' })
    const untilMs = connectDeadline(deadlineMs)
    if (slots.isFull()) poolWaits.add()
    const release = await slots.take(isLaterSlot())
    try {
      const result = await tryTwice(work, isIdempotent, untilMs)
      breaker.succeeded()
      return result
    } catch (error) {
      // A full disk, a locked row or a replica fail this request, and not the reads of everyone else.
      const cause = causeOf(error)
      if (isConnectionLost(cause)) breaker.failed()
      else if (cause !== undefined) breaker.succeeded()
      throw translate(error)
    } finally {
      release()
    }
  }

  return {
    query: <Row>(statement: Statement, parameters?: readonly Parameter[]) =>
      onClient<readonly Row[]>(
        (client, options) =>
          statement.timeoutMs === undefined
            ? run(client, statement, parameters, options.answerTimeoutMs)
            : transact(client, on => on.query(statement, parameters), options),
        () => statement.isIdempotent === true || isRead(statement),
      ),
    transaction: (work, { isIdempotent = false } = {}) =>
      onClient(
        (client, options) => transact(client, work, options),
        () => isIdempotent,
      ),
    hasRoom: slots.hasRoom,
    warm: () =>
      pool.connect(connectDeadline(deadlineMs)).then(
        client => {
          client.release()
          log.info('connected to Postgres', { sinceStartMs: Math.round(performance.now()) })
        },
        error => log.warn('Postgres not ready', describeError(error)),
      ),
    // Without slots and circuit breaker: a monitor asks about Postgres itself.
    ping: async () => void (await useClient(client => client.query('select 1'), connectDeadline(deadlineMs))),
    close: pool.close,
  }
}

type Work<Result> = (client: PoolClient, options: TransactionOptions) => Promise<Result>
