import { createHash } from 'node:crypto'
import type { PoolClient, QueryResult } from 'pg'
import { traced } from '../tracing.ts'
import { causeOf, isConnectionLost, translate } from './errors.ts'
import { hasStalePlan } from './repeatable.ts'
import type { Parameter, Queryable, Statement } from './statement.ts'
import { answerMs } from './timeouts.ts'

/** Runs the statement; an answer later than `answerTimeoutMs` is a server that is gone. */
export async function run<Row>(
  client: PoolClient,
  statement: Statement,
  parameters: readonly Parameter[] = [],
  answerTimeoutMs?: number,
): Promise<readonly Row[]> {
  const { timeoutMs } = statement
  if (timeoutMs !== undefined) await client.query(`set local statement_timeout = ${Math.round(timeoutMs)}`)
  const waitMs = timeoutMs === undefined ? answerTimeoutMs : timeoutMs + answerMs
  const generation = planGeneration
  // The only cast from a row to the type declared next to its statement; store tests check that they match.
  const result = (await traced('postgres', statement.name || 'unnamed', () =>
    client.query({
      ...prepared(statement),
      values: [...parameters],
      ...(waitMs !== undefined && { query_timeout: waitMs }),
    }),
  ).catch(error => {
    if (hasStalePlan(error)) planGeneration = Math.max(planGeneration, generation + 1)
    throw error
  })) as QueryResult & { rows: Row[] }
  // The rest of the transaction has no more time than others.
  if (timeoutMs !== undefined) await client.query('set local statement_timeout to default')
  return result.rows
}

export interface TransactionOptions {
  /** For the first answer; later ones have the time of a statement. */
  readonly answerTimeoutMs: number
  /** Called with the reason why the connection must not be used again. */
  readonly noteBroken: (error: Error) => void
}

export async function transact<Result>(
  client: PoolClient,
  work: (transaction: Queryable) => Promise<Result>,
  { answerTimeoutMs, noteBroken }: TransactionOptions,
): Promise<Result> {
  await run(client, { name: '', text: 'begin' }, [], answerTimeoutMs)
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

const preparedNames = new Map<string, string>()

/**
 * Counts the changes of types that a plan has failed for, and is part of each text: PgBouncer prepares a text once on a
 * server connection, for all of its clients, and keeps the plan that fails for as long as that connection, up to an hour.
 */
let planGeneration = 0

/**
 * With a name that is made from the text: under one name two texts can never meet, which would fail the second one
 * on the connection. Postgres cuts names at 63 bytes.
 */
export function prepared(statement: Statement): { readonly text: string; readonly name?: string } {
  const { name } = statement
  if (name === '') return { text: statement.text }
  const text = planGeneration === 0 ? statement.text : `${statement.text}\n-- ${planGeneration}`
  const known = preparedNames.get(text)
  if (known !== undefined) return { text, name: known }
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 16)
  const made = `${name.slice(0, 46)}_${hash}`
  preparedNames.set(text, made)
  return { text, name: made }
}
