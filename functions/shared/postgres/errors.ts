import { DatabaseError } from 'pg-protocol'

/** A unique constraint refused the row; `constraint` is its name in the schema. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation'
  readonly constraint: string

  constructor(constraint: string, cause: unknown) {
    super(`unique constraint ${constraint}`, { cause })
    this.constraint = constraint
  }

  static from(error: unknown): UniqueViolation | undefined {
    const isOne = error instanceof DatabaseError && error.code === '23505'
    return isOne ? new UniqueViolation(error.constraint ?? '', error) : undefined
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
    const isOne = error instanceof DatabaseError && error.code === '23503'
    return isOne ? new ForeignKeyViolation(error.constraint ?? '', error) : undefined
  }
}

/** SQLSTATEs (PostgreSQL, appendix A) that say "not now": shutting down, starting, too many connections, time-out, lock. */
const passing = new Set([
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '53400',
  '57014',
  '55P03',
  '40P01',
  '08000',
  '08003',
  '08006',
  '25006',
])
const passingErrnos = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
])
/** pg and pg-pool raise these without a code. */
const passingMessages =
  /^(?:Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error)/

/** True when Postgres is away or overloaded, so that the same request may work a moment later. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof DatabaseError) return passing.has(error.code ?? '')
  if (error instanceof AggregateError) return error.errors.some(isUnreachable)
  const code = 'code' in error ? String(error.code) : ''
  return passingErrnos.has(code) || passingMessages.test(error.message)
}
