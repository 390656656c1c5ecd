import type { DomainError, DomainErrorCode, DomainFacts } from '../domain-error.ts'
import { Problem, type ProblemCode, type ProblemOptions } from './problem.ts'

type Response = readonly [
  code: ProblemCode,
  detail: string,
  options?: Omit<ProblemOptions, 'cause'> | undefined,
]

const retryAfter = (seconds: number) => ({ headers: { 'retry-after': String(seconds) } })

/** Maps each code to a response: the only place that knows both the domain's errors and HTTP. */
const responses: { readonly [Code in DomainErrorCode]: (facts: DomainFacts[Code]) => Response } = {
  unauthenticated: ({ detail }) => ['unauthenticated', detail],
  // RFC 6750, 3.
  invalid_token: () => [
    'invalid_token',
    'The access token is not valid. Sign in or refresh it.',
    { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
  ],
  invalid_credentials: () => ['invalid_credentials', 'The email or the password is wrong.'],
  invalid_refresh_token: () => ['invalid_refresh_token', 'The refresh token is not valid. Sign in again.'],
  account_suspended: () => ['account_suspended', 'This account is suspended.'],
  forbidden: ({ detail, member }) => ['forbidden', detail, member && { errors: [member] }],
  not_found: ({ detail }) => ['not_found', detail],
  conflict: ({ detail, member }) => ['conflict', detail, member && { errors: [member] }],
  idempotency_key_reused: () => [
    'idempotency_key_reused',
    'This Idempotency-Key was used for another request.',
  ],
  invalid_member: member => ['invalid_body', `Refused: ${member.path}.`, { errors: [member] }],
  invalid_parameter: member => ['invalid_parameter', `Refused: ${member.path}.`, { errors: [member] }],
  invalid_cursor: () => [
    'invalid_parameter',
    'Refused: cursor.',
    { errors: [{ path: 'cursor', message: 'must be the nextCursor of a page of this list' }] },
  ],
  throttled: ({ detail, retryAfterSeconds }) => ['too_many_requests', detail, retryAfter(retryAfterSeconds)],
  not_configured: ({ detail }) => ['not_configured', detail],
  timeout: () => ['timeout', 'The request took too long.', retryAfter(1)],
  unavailable: ({ detail }) => ['unavailable', detail, retryAfter(1)],
}

export function problemOf<Code extends DomainErrorCode>(error: DomainError<Code>): Problem {
  const [code, detail, options] = responses[error.code](error.facts)
  return new Problem(code, detail, { ...options, cause: error.cause ?? error })
}
