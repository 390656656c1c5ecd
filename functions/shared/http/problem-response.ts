import { STATUS_CODES } from 'node:http'
import { DomainError, type FieldError } from '../domain-error.ts'
import type { HttpContext } from './context.ts'
import { problemOf } from './domain-problems.ts'
import { Problem, type ProblemCode, problemStatus } from './problem.ts'

/** RFC 9457 with the extension members `code`, `requestId` and `errors`. */
interface ProblemDocument {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ProblemCode
  readonly detail: string
  readonly instance: string
  readonly requestId: string
  readonly errors?: readonly FieldError[]
}

export function problemResponse(c: HttpContext, problem: Problem): Response {
  const status = problemStatus[problem.code]
  const document: ProblemDocument = {
    type: `urn:iod:problem:${problem.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: problem.code,
    detail: problem.detail,
    instance: c.req.path,
    requestId: c.get('requestId'),
    ...(problem.errors && { errors: problem.errors }),
  }
  return c.body(JSON.stringify(document), status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    // RFC 9110, 15.5.2: each 401 names an accepted scheme.
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...problem.headers,
  })
}

/** Turns anything thrown into a Problem: an unexpected error becomes `internal`, its text kept for the log. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof DomainError) return problemOf(error)
  return new Problem('internal', 'An internal error occurred.', { cause: error })
}
