/** A refused member of the input: `path` is dotted (`tags.0`). */
interface RefusedMember {
  readonly path: string
  readonly message: string
}

/** A sentence for people that holds nothing internal. */
interface Explained {
  readonly detail: string
}

type None = Readonly<Record<string, never>>

/**
 * Everything a use case can refuse, by code, with the facts of each. Codes are general: what a new function refuses is one
 * of them with its own sentence. How each becomes a response stands in http/domain-problems.ts.
 */
export interface DomainFacts {
  /** No access token, where only some uses of an operation need one. */
  readonly unauthenticated: Explained
  /** The account or the session behind a valid access token has ended. */
  readonly invalid_token: None
  readonly invalid_credentials: None
  readonly invalid_refresh_token: None
  readonly account_suspended: None
  readonly forbidden: Explained & { readonly member?: RefusedMember }
  /** Nothing is there, or nothing that the caller may know of. */
  readonly not_found: Explained
  readonly conflict: Explained & { readonly member?: RefusedMember }
  readonly idempotency_key_reused: None
  /** A member of the input that only the rules of the domain can refuse. */
  readonly invalid_member: RefusedMember
  readonly invalid_parameter: RefusedMember
  /** A cursor that was not made here, or for another list. */
  readonly invalid_cursor: None
  readonly throttled: Explained & { readonly retryAfterSeconds: number }
  readonly not_configured: Explained
  readonly timeout: None
  /** A dependency is away, or work is refused because too much is waiting. */
  readonly unavailable: Explained
}

export type DomainErrorCode = keyof DomainFacts

/** An expected failure, thrown by use cases and by what they call. `cause` is for the log only. */
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
