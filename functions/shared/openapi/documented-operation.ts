import * as v from 'valibot'
import type { ProblemCode } from '../http/problem.ts'
import type { Documentation, Operation } from '../http/route.ts'

/** An operation with its documentation, which every program but a bundle has. */
export interface DocumentedOperation extends Operation {
  readonly documentation: Documentation
}

export function documented(operation: Operation): DocumentedOperation {
  const { documentation } = operation
  if (documentation === undefined)
    throw new Error(`${operation.method} ${operation.path} has no documentation`)
  return { ...operation, documentation }
}

export const ifMatchHeader = {
  required: v.object({ 'If-Match': v.string() }),
  optional: v.object({ 'If-Match': v.optional(v.string()) }),
}

const problemsOfIfMatch = {
  required: ['precondition_required', 'precondition_failed'],
  optional: ['precondition_failed'],
} as const

/** The documented problems, and those that follow from what the operation reads. */
export const problemsOf = (operation: DocumentedOperation): readonly ProblemCode[] => [
  ...operation.documentation.problems,
  ...(operation.limit === undefined ? [] : (['too_many_requests'] as const)),
  ...(operation.ifMatch === undefined ? [] : problemsOfIfMatch[operation.ifMatch]),
  ...(operation.body === undefined
    ? []
    : (['malformed_body', 'body_too_large', 'unsupported_media_type', 'invalid_body'] as const)),
  // Also where a token is optional: one that is sent must be valid.
  ...(operation.authentication === 'none' ? [] : (['unauthenticated', 'invalid_token'] as const)),
]
