import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient, QueryResult } from 'pg'
import { DomainError } from '../domain-error.ts'
import { describeError, type Log } from '../log.ts'
import { createCounter } from '../metrics.ts'
import { traced } from '../tracing.ts'
import { connectDeadline } from '../young-process.ts'
import {
  ForeignKeyViolation,
  isAccountGone,
  isConnectionLost,
  isTooSlow,
  isUnreachable,
  UniqueViolation,
} from './errors.ts'
import { createOutage } from './outage.ts'
import { createSlots } from './slots.ts'
import { answerMs, statementTimeoutMs } from './timeouts.ts'

/**
 * A named statement is parsed and planned once per connection, and kept there: about 100 kB of Postgres' memory. So a
 * text that a request can vary has the name '', which is none, but for the few variants that most requests ask for.
 */
export interface Statement {
  /** For people who read pg_stat_activity or a log: what Postgres knows it by is made from the text too. */
  readonly name: string
  readonly text: string
  /** For one that works on many rows, which then has a transaction; others have 1.8 s. */
  readonly timeoutMs?: number
}

export type Parameter =
  | string
  | number
  | boolean
  | Date
  | Buffer
  | null
  | undefined
  | readonly (string | number)[]

export interface Queryable {
  /** Rows of the statement. `Row` is the caller's word for its columns: a statement and its row type stand together. */
  query<Row>(statement: Statement, parameters?: readonly Parameter[]): Promise<readonly Row[]>
}

export interface Database extends Queryable {
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result>
  /** Opens a first connection so that the first request finds it warm. Never rejects. */
  warm(): Promise<void>
  ping(): Promise<void>
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly url: string
  readonly poolSize: number
  readonly log: Log
}

/** A read or write of ours takes milliseconds. Postgres ends it before: no answer by then is a server that is gone. */
const queryTimeoutMs = statementTimeoutMs + answerMs
/** One try: a packet that was dropped is not waited for, since the next try comes sooner. */
const connectTimeoutMs = 600
/** How long a request waits for a connection, tries and turns together. */
const connectDeadlineMs = 2_000
const firstRetryMs = 20
const maxRetryMs = 200
const idleTimeoutMs = 30_000

const poolWaits = createCounter(
  'iod_pool_waits_total',
  'Statements that found every connection of the pool in use.',
)

export async function openDatabase({ url, poolSize, log }: DatabaseOptions): Promise<Database> {
  const { Pool: PgPool } = await import('pg')
  const pool: Pool = new PgPool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
  })
  // Without a listener the loss of an idle connection ends the process.
  pool.on('error', error => log.warn('idle Postgres connection lost', describeError(error)))
  // Whoever waits does so here and not in the pool, whose own time-out is that of connecting.
  const slots = createSlots({ count: poolSize, maxWaitMs: connectDeadlineMs })
  const breaker = createOutage()

  /** Runs `work` on a connection; nothing is retried once something was sent. */
  async function onClient<Result>(work: Work<Result>): Promise<Result> {
    breaker.require()
    const deadlineMs = connectDeadline(connectDeadlineMs)
    if (slots.isFull()) poolWaits.add()
    const release = await slots.take()
    try {
      const client = await connect(pool, deadlineMs)
      const result = await useClient(client, work)
      breaker.succeeded()
      return result
    } catch (error) {
      // A full disk, a locked row or a replica fail this request, and not the reads of everyone else.
      if (isConnectionLost(causeOf(error))) breaker.failed()
      else breaker.succeeded()
      throw translate(error)
    } finally {
      release()
    }
  }

  return {
    query: <Row>(statement: Statement, parameters?: readonly Parameter[]) =>
      onClient<readonly Row[]>((client, noteBroken) =>
        statement.timeoutMs === undefined
          ? run(client, statement, parameters)
          : transact(client, on => on.query(statement, parameters), noteBroken),
      ),
    transaction: work => onClient((client, noteBroken) => transact(client, work, noteBroken)),
    warm: () =>
      connect(pool).then(
        client => {
          client.release()
          log.info('connected to Postgres', { sinceStartMs: Math.round(performance.now()) })
        },
        error => log.warn('Postgres not ready', describeError(error)),
      ),
    // Not by turns and breaker: a monitor asks about Postgres, and not about what we think of it.
    ping: async () => {
      const client = await connect(pool)
      await useClient(client, () => client.query('select 1'))
    },
    close: () => pool.end(),
  }
}

/**
 * A connection of the pool. One that is refused, reset or not answered is tried again in short steps until the deadline:
 * where NetworkPolicies are enforced, the first packets of a young pod are refused until its address is known everywhere.
 */
async function connect(pool: Pool, deadlineMs = connectDeadline(connectDeadlineMs)): Promise<PoolClient> {
  for (let waitMs = firstRetryMs; ; waitMs = Math.min(2 * waitMs, maxRetryMs)) {
    try {
      return await pool.connect()
    } catch (error) {
      if (!isUnreachable(error) || performance.now() + waitMs > deadlineMs) throw error
      await sleep(waitMs)
    }
  }
}

type NoteBroken = (error: Error) => void
/** `noteBroken` keeps the connection from being used again. */
type Work<Result> = (client: PoolClient, noteBroken: NoteBroken) => Promise<Result>

async function useClient<Result>(client: PoolClient, work: Work<Result>): Promise<Result> {
  let broken: Error | undefined
  const noteBroken: NoteBroken = error => {
    broken = error
  }
  // A connection lost between two statements emits here; without a listener it ends the process.
  client.on('error', noteBroken)
  try {
    return await work(client, noteBroken)
  } catch (error) {
    const cause = causeOf(error)
    if (cause instanceof Error && isConnectionLost(cause)) broken = cause
    throw error
  } finally {
    client.removeListener('error', noteBroken)
    client.release(broken)
  }
}

async function run<Row>(
  client: PoolClient,
  statement: Statement,
  parameters: readonly Parameter[] = [],
): Promise<readonly Row[]> {
  const { timeoutMs } = statement
  if (timeoutMs !== undefined) await client.query(`set local statement_timeout = ${Math.round(timeoutMs)}`)
  // The one cast from what Postgres sent to the type that stands beside the statement; store tests hold the two together.
  const result = (await traced('postgres', statement.name || 'unnamed', () =>
    client.query({
      ...prepared(statement),
      values: [...parameters],
      ...(timeoutMs !== undefined && { query_timeout: timeoutMs + answerMs }),
    }),
  )) as QueryResult & { rows: Row[] }
  // The rest of the transaction has no more time than others.
  if (timeoutMs !== undefined) await client.query('set local statement_timeout to default')
  return result.rows
}

async function transact<Result>(
  client: PoolClient,
  work: (transaction: Queryable) => Promise<Result>,
  noteBroken: NoteBroken,
): Promise<Result> {
  await client.query('begin')
  try {
    const result = await work({
      query: (statement, parameters) =>
        run<never>(client, statement, parameters).catch(error => {
          throw translate(error)
        }),
    })
    await client.query('commit')
    return result
  } catch (error) {
    // On a connection that is lost there is nothing to roll back, and it would be waited for.
    if (!isConnectionLost(causeOf(error))) await client.query('rollback').catch(noteBroken)
    throw error
  }
}

const causeOf = (error: unknown) => (error instanceof DomainError ? error.cause : error)

function translate(error: unknown): unknown {
  if (isUnreachable(error))
    return new DomainError('unavailable', { detail: 'The database is not reachable right now.' }, error)
  if (isTooSlow(error)) return new DomainError('timeout', {}, error)
  if (isAccountGone(error)) return new DomainError('invalid_token', {})
  return UniqueViolation.from(error) ?? ForeignKeyViolation.from(error) ?? error
}

const preparedNames = new Map<string, string>()

/**
 * With a name that is made from the text: under one name two texts can never meet, which would fail whoever comes second
 * on the connection. Postgres cuts names at 63 bytes.
 */
export function prepared({ name, text }: Statement): { readonly text: string; readonly name?: string } {
  if (name === '') return { text }
  const known = preparedNames.get(text)
  if (known !== undefined) return { text, name: known }
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 16)
  const made = `${name.slice(0, 46)}_${hash}`
  preparedNames.set(text, made)
  return { text, name: made }
}
