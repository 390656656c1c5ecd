import type * as v from 'valibot'
import type { ProblemCode } from '../problems.ts'

interface Answer {
  readonly description: string
  readonly schema?: v.GenericSchema
  /** `application/json` unless it says otherwise; text of another type has no schema. */
  readonly contentType?: string
  /** Response headers by name, with what each one says. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * One operation of the OpenAPI document. Each function lists its own in `openapi.ts`, which only the document's
 * generator imports: none of this text is loaded by a running function.
 */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** In OpenAPI's form: `/posts/{slug}`. */
  readonly path: string
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly authentication: 'none' | 'optional' | 'required'
  /** Schemas of path, query and header parameters; each member is one parameter. */
  readonly pathParameters?: v.GenericSchema
  readonly query?: v.GenericSchema
  readonly headers?: v.GenericSchema & { readonly entries: Readonly<Record<string, unknown>> }
  readonly body?: v.GenericSchema
  /** Successful answers by status. */
  readonly answers: Readonly<Record<number, Answer>>
  /** Problems of this operation besides those that any request can meet. */
  readonly problems: readonly ProblemCode[]
}
