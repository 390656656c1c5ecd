import type { FieldError } from '../domain-error.ts'

/** The stable machine codes of all errors, with the HTTP status that each is sent with. */
export const problemStatus = {
  malformed_body: 400,
  malformed_request: 400,
  invalid_parameter: 400,
  invalid_token: 401,
  invalid_credentials: 401,
  invalid_refresh_token: 401,
  unauthenticated: 401,
  forbidden: 403,
  account_suspended: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  conflict: 409,
  precondition_failed: 412,
  body_too_large: 413,
  unsupported_media_type: 415,
  expectation_failed: 417,
  invalid_body: 422,
  idempotency_key_reused: 422,
  precondition_required: 428,
  headers_too_large: 431,
  too_many_requests: 429,
  internal: 500,
  not_configured: 501,
  timeout: 503,
  unavailable: 503,
} as const

export type ProblemCode = keyof typeof problemStatus

export interface ProblemOptions {
  /** The reason, for the log only; never sent. */
  readonly cause?: unknown
  readonly errors?: readonly FieldError[]
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * An expected failure in the HTTP layer; the layers below throw a DomainError. `detail` is public and holds nothing
 * internal; the private reason goes into `cause`. The base app sends it as `application/problem+json` (RFC 9457).
 */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly detail: string
  readonly errors: readonly FieldError[] | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause })
    this.code = code
    this.detail = detail
    this.errors = options.errors
    this.headers = options.headers ?? {}
  }
}
