import type { operations } from './api.d.ts'
import type { OperationId } from './operations.ts'

type ParametersOf<Id extends OperationId> = operations[Id]['parameters']

/** A group of parameters: required where one of its members is, and absent where the operation has none. */
type Group<Name extends string, Value> = [Exclude<Value, undefined>] extends [never]
  ? unknown
  : Partial<Exclude<Value, undefined>> extends Exclude<Value, undefined>
    ? { readonly [Member in Name]?: Exclude<Value, undefined> }
    : { readonly [Member in Name]: Exclude<Value, undefined> }

type BodyOf<Id extends OperationId> = operations[Id] extends {
  readonly requestBody: { readonly content: infer Content }
}
  ? { readonly body: Content[keyof Content] }
  : unknown

type HeadersOf<Id extends OperationId> =
  ParametersOf<Id> extends { readonly header?: infer Header } ? Group<'headers', Header> : unknown

/** The options of every call, in addition to its parameters. */
interface CallOptions {
  readonly signal?: AbortSignal
}

/** The path, query, headers and body of an operation, by name. */
export type InputOf<Id extends OperationId> = (ParametersOf<Id> extends { readonly path?: infer Path }
  ? Group<'path', Path>
  : unknown) &
  (ParametersOf<Id> extends { readonly query?: infer Query } ? Group<'query', Query> : unknown) &
  HeadersOf<Id> &
  BodyOf<Id> &
  CallOptions

/** The parameters of a call: the input may be left out where nothing of it is required. */
export type InputsOf<Id extends OperationId> =
  CallOptions extends InputOf<Id> ? [input?: InputOf<Id>] : [input: InputOf<Id>]

type SuccessOf<Id extends OperationId> = operations[Id]['responses'] extends infer Responses
  ? Responses[keyof Responses & (200 | 201 | 202 | 204)]
  : never

/** The representation in an operation's response; undefined where the response has none. */
export type OutputOf<Id extends OperationId> =
  SuccessOf<Id> extends { readonly content: infer Content }
    ? Content[keyof Content] extends never
      ? undefined
      : Content[keyof Content]
    : undefined

export interface Result<Data> {
  readonly data: Data
  readonly status: number
  /** For `If-Match`; undefined where the representation has none. */
  readonly etag: string | undefined
  readonly headers: Headers
}

/** One method for each operation of the contract. */
export type Operations = {
  readonly [Id in OperationId]: (...inputs: InputsOf<Id>) => Promise<Result<OutputOf<Id>>>
}
