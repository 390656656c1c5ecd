import { createHash } from 'node:crypto'
import type { Pool, PoolClient, QueryResult } from 'pg'
import { describeError, type Log } from '../log.ts'
import { createCounter } from '../metrics.ts'
import { unavailable } from '../problems.ts'
import { ForeignKeyViolation, isUnreachable, UniqueViolation } from './errors.ts'

/**
 * A named statement is parsed and planned once per connection, and kept there: about 100 kB of Postgres' memory. So a
 * text that a request can vary has the name '', which is none, but for the few variants that most requests ask for.
 */
export interface Statement {
  /** For people who read pg_stat_activity or a log: what Postgres knows it by is made from the text too. */
  readonly name: string
  readonly text: string
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

/** A client gives up before the server does (roles have `statement_timeout = 5s`), for a server that is gone. */
const queryTimeoutMs = 6_000
/** A waking Postgres may take this long; longer, and the caller is better served by 503 and Retry-After. */
const connectTimeoutMs = 5_000
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

  const countWait = () => {
    if (pool.idleCount === 0 && pool.totalCount >= poolSize) poolWaits.add()
  }

  return {
    query: (statement, parameters) => {
      countWait()
      return run(pool, statement, parameters)
    },
    transaction: work => {
      countWait()
      return transact(pool, work)
    },
    warm: () =>
      pool.connect().then(
        client => {
          client.release()
          log.info('connected to Postgres', { sinceStartMs: Math.round(performance.now()) })
        },
        error => log.warn('Postgres is not there yet', describeError(error)),
      ),
    ping: async () => void (await pool.query('select 1')),
    close: () => pool.end(),
  }
}

async function run<Row>(
  on: Pool | PoolClient,
  statement: Statement,
  parameters: readonly Parameter[] = [],
): Promise<readonly Row[]> {
  try {
    // The one cast from what Postgres sent to the type that stands beside the statement; store tests hold the two together.
    const result = (await on.query({ ...prepared(statement), values: [...parameters] })) as QueryResult & {
      rows: Row[]
    }
    return result.rows
  } catch (error) {
    throw translate(error)
  }
}

async function transact<Result>(
  pool: Pool,
  work: (transaction: Queryable) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch(error => {
    throw translate(error)
  })
  let broken: Error | undefined
  const noteBroken = (error: Error) => {
    broken = error
  }
  // A connection lost between two statements emits here; without a listener it ends the process.
  client.on('error', noteBroken)
  try {
    await client.query('begin')
    const result = await work({ query: (statement, parameters) => run(client, statement, parameters) })
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(noteBroken)
    throw translate(error)
  } finally {
    client.removeListener('error', noteBroken)
    client.release(broken)
  }
}

function translate(error: unknown): unknown {
  if (isUnreachable(error)) return unavailable('The database is not reachable right now.', error)
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
