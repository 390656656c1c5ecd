import { DatabaseError } from 'pg-protocol'
import { hasState, isConnectionLost } from './errors.ts'
import type { Statement } from './statement.ts'

/**
 * Returns true if a statement or transaction that failed with `cause` may be sent again. If Postgres refused it, nothing was
 * done; if the connection was lost, it may have been committed, so only an idempotent one may be sent again.
 */
export const isRepeatable = (cause: unknown, isIdempotent: boolean): boolean =>
  wasRefused(cause) ||
  hasStalePlan(cause) ||
  wasRolledBack(cause) ||
  (isIdempotent && isConnectionLost(cause))

/**
 * 57P01, the server shuts down or the connection was terminated: read before a statement or `commit` is carried out, which
 * is not interrupted afterwards. 57P03, it starts up. 25006, it is a replica now.
 */
const refusals = ['57P01', '57P03', '25006']
const wasRefused = (cause: unknown) => hasState(cause, ...refusals)

/** A migration has changed the type of a column: the connection keeps the prepared statement, which fails each time. */
export const hasStalePlan = (cause: unknown) =>
  cause instanceof DatabaseError && cause.routine === 'RevalidateCachedQuery'

/** 40P01, a deadlock: rolled back, so that the other transaction could go on. */
const wasRolledBack = (cause: unknown) => hasState(cause, '40P01')

/** Returns true if no connection from before is of use: the server was shut down, lost or demoted, or has other types. */
export const isFailover = (cause: unknown): boolean =>
  wasRefused(cause) || hasStalePlan(cause) || isConnectionLost(cause)

/**
 * A statement that only reads, by its text. A `select` of a function that writes counts as a read too: repeatable.test.ts
 * lists those functions, which may be called again at any time.
 */
export const isRead = ({ text }: Statement): boolean =>
  /^\s*(?:select|with)\b/i.test(text) && !/\b(?:insert|update|delete|merge|call)\b/i.test(text)
