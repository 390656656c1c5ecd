import { DatabaseError } from 'pg-protocol'
import { DomainError } from '../domain-error.ts'

/** True for an error of Postgres with one of these SQLSTATEs. */
export const hasState = (error: unknown, ...states: readonly string[]): error is DatabaseError =>
  error instanceof DatabaseError && error.code !== undefined && states.includes(error.code)

/** A unique constraint refused the row; `constraint` is its name in the schema. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation'
  readonly constraint: string

  constructor(constraint: string, cause: unknown) {
    super(`unique constraint ${constraint}`, { cause })
    this.constraint = constraint
  }

  static from(error: unknown): UniqueViolation | undefined {
    return hasState(error, '23505') ? new UniqueViolation(error.constraint ?? '', error) : undefined
  }
}

/** A row that this one refers to is not there, or was deleted at the same moment. */
export class ForeignKeyViolation extends Error {
  override readonly name = 'ForeignKeyViolation'
  readonly constraint: string

  constructor(constraint: string, cause: unknown) {
    super(`foreign key ${constraint}`, { cause })
    this.constraint = constraint
  }

  static from(error: unknown): ForeignKeyViolation | undefined {
    return hasState(error, '23503') ? new ForeignKeyViolation(error.constraint ?? '', error) : undefined
  }
}

/**
 * No connection could be made, whatever the reason: a socket that is not there yet, a password that is being replaced, a
 * database that is being created again. Nothing was sent.
 */
export class ConnectError extends Error {
  override readonly name = 'ConnectError'
  /** The SQLSTATE or errno code of the reason. */
  readonly code: string | undefined

  constructor(cause: unknown) {
    super('no connection to Postgres', { cause })
    this.code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
  }
}

/**
 * SQLSTATEs (PostgreSQL, appendix A) that say "not now", by their beginnings: connection exceptions (08, which PgBouncer
 * uses too), resources used up (53: connections, disk, memory), shutting down and starting (57P), the system's own errors
 * (58: a file or a device), a server that has become a replica (25006), a lock that was not had in time.
 */
const unavailableStates = ['08', '53', '57P', '58', '25006', '55P03']
const unavailableErrnos = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // Certificate errors: it may be being replaced, and nothing was sent.
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])
/** pg and pg-pool raise these without a code. */
const connectionMessages =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|The server does not support SSL)/
/** pg's own deadline: the server may still be at it, or gone without a word. */
export const isUnanswered = (error: unknown): boolean =>
  error instanceof Error && /^Query read timeout/.test(error.message)

/** True when Postgres is unavailable or has no resources left, so that the same request may work a moment later. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof ConnectError) return true
  if (error instanceof DatabaseError)
    return unavailableStates.some(state => error.code?.startsWith(state) === true)
  if (error instanceof AggregateError) return error.errors.some(isUnreachable)
  const code = 'code' in error ? String(error.code) : ''
  return unavailableErrnos.has(code) || connectionMessages.test(error.message) || isUnanswered(error)
}

/** True when the connection cannot be used any more: nothing more is to be sent on it. */
export function isConnectionLost(error: unknown): boolean {
  const cause = error instanceof ConnectError ? error.cause : error
  return cause instanceof DatabaseError ? /^(?:08|57P)/.test(cause.code ?? '') : isUnreachable(error)
}

/** True when Postgres itself ended the statement for its time, or for a deadlock: it is there, and this was too much. */
export const isTooSlow = (error: unknown): boolean => hasState(error, '57014', '40P01', '40001')

/** True for a schema, table, column or function that does not exist: the database is being restored, or not migrated yet. */
const isSchemaMissing = (error: unknown): boolean => hasState(error, '3F000', '42P01', '42703', '42883')

/** From auth.require_account: the writer's account is deleted or suspended. */
const isAccountGone = (error: unknown): boolean => hasState(error, 'IOD01')

/** Returns the error of Postgres or of the connection, also for an error that has been translated. */
export const causeOf = (error: unknown): unknown => (error instanceof DomainError ? error.cause : error)

/** Returns the error as the use cases know it: a DomainError, or the constraint that rejected the row. */
export function translate(error: unknown): unknown {
  if (isUnreachable(error))
    return new DomainError('unavailable', { detail: 'The database is not reachable right now.' }, error)
  if (isSchemaMissing(error))
    return new DomainError('unavailable', { detail: 'The database is being prepared.' }, error)
  if (isTooSlow(error)) return new DomainError('timeout', {}, error)
  if (isAccountGone(error)) return new DomainError('invalid_token', {})
  return UniqueViolation.from(error) ?? ForeignKeyViolation.from(error) ?? error
}
