/** A refused member of the input: `path` is dotted (`tags.0`), empty for the whole input. */
export interface FieldError {
  readonly path: string
  readonly message: string
}

/** Public text for people; it contains nothing internal. */
interface Explained {
  readonly detail: string
}

type None = Readonly<Record<string, never>>

/**
 * The facts of each error, by code. The codes are general: a new function words its own errors with them and needs no
 * change here. `http/domain-problems.ts` maps each code to a response.
 */
export interface DomainFacts {
  /** An access token is missing where only some uses of an operation require one. */
  readonly unauthenticated: Explained
  /** The account or the session behind a valid access token has ended. */
  readonly invalid_token: None
  readonly invalid_credentials: None
  readonly invalid_refresh_token: None
  readonly account_suspended: None
  readonly forbidden: Explained & { readonly member?: FieldError }
  /** It does not exist, or the caller must not know that it does. */
  readonly not_found: Explained
  readonly conflict: Explained & { readonly member?: FieldError }
  readonly idempotency_key_reused: None
  /** A member of the body that violates a rule which its schema cannot express. */
  readonly invalid_member: FieldError
  readonly invalid_parameter: FieldError
  /** A forged cursor, or one of another list. */
  readonly invalid_cursor: None
  readonly throttled: Explained & { readonly retryAfterSeconds: number }
  readonly not_configured: Explained
  readonly timeout: None
  /** A dependency is unavailable, or too much work is waiting. */
  readonly unavailable: Explained
}

export type DomainErrorCode = keyof DomainFacts

/** An expected failure, thrown below the HTTP layer. `cause` is for the log only. */
export class DomainError<Code extends DomainErrorCode = DomainErrorCode> extends Error {
  override readonly name = 'DomainError'
  readonly code: Code
  readonly facts: DomainFacts[Code]

  constructor(code: Code, facts: DomainFacts[Code], cause?: unknown) {
    super('detail' in facts ? facts.detail : code, { cause })
    this.code = code
    this.facts = facts
  }
}

/** More work is waiting than can be done in time. It has no stack: each refusal would pay for one. */
export class OverloadError extends DomainError<'unavailable'> {
  constructor(detail = 'The server is overloaded: try again in a moment.') {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super('unavailable', { detail })
    Error.stackTraceLimit = stackTraceLimit
  }
}
