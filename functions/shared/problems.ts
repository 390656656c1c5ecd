/** Stable machine codes of every error a client can meet, with the HTTP status each is sent as. */
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

/** One refused member of the request; `path` is dotted (`tags.0`), empty for the whole body. */
export interface FieldError {
  readonly path: string
  readonly message: string
}

export interface ProblemOptions {
  /** Why, for the log only; never sent. */
  readonly cause?: unknown
  readonly errors?: readonly FieldError[]
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * An expected failure. `detail` is public text and must hold nothing internal; the private reason goes into `cause`.
 * Thrown by any layer, written as `application/problem+json` (RFC 9457) by the HTTP frame.
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

/** A dependency is away: the client may try again after `retryAfterSeconds`. */
export const unavailable = (detail: string, cause?: unknown, retryAfterSeconds = 1) =>
  new Problem('unavailable', detail, { cause, headers: { 'retry-after': String(retryAfterSeconds) } })

/** RFC 6750, 3: `invalid_token` for whatever is wrong with the token, or with the account behind it. */
export const invalidToken = () =>
  new Problem('invalid_token', 'The access token is not valid. Log in or refresh it.', {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  })

/** A cursor that was not made here, or for another list. */
export const cursorRefused = () =>
  new Problem('invalid_parameter', 'Refused: cursor.', {
    errors: [{ path: 'cursor', message: 'must be the nextCursor of a page of this list' }],
  })
