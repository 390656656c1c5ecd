import { STATUS_CODES } from 'node:http'
import { type ProblemCode, problemStatus } from '../../functions/shared/http/problem.ts'
import type { ResponseDocumentation } from '../../functions/shared/http/route.ts'
import {
  type DocumentedOperation,
  problemsOf as ownProblemsOf,
} from '../../functions/shared/openapi/documented-operation.ts'
import { documentExample, problemExamples } from './examples.ts'
import { componentHeaders, type HeaderName, isHeaderName } from './headers.ts'
import { mediaTypeOf } from './schemas.ts'

/** Problems of the operation, and those that any request can meet. */
function problemsOf(operation: DocumentedOperation): readonly ProblemCode[] {
  return [
    ...ownProblemsOf(operation),
    // Every operation refuses unknown query parameters.
    'invalid_parameter',
    'malformed_request',
    'too_many_requests',
    'internal',
    'timeout',
    'unavailable',
  ]
}

const headersOfStatus: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ['WWW-Authenticate'],
  412: ['ETag'],
  429: ['Retry-After'],
  503: ['Retry-After'],
}

const rateLimitHeaders = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const
const commonHeaders = ['X-Request-Id', 'Cache-Control'] as const

const referencesTo = (names: readonly HeaderName[]) =>
  Object.fromEntries(names.map(name => [name, { $ref: `#/components/headers/${name}` }]))

function headersOf(
  operation: DocumentedOperation,
  status: number,
  own: ResponseDocumentation['headers'] = {},
) {
  const limited = ownProblemsOf(operation).includes('too_many_requests') ? rateLimitHeaders : []
  const names: readonly HeaderName[] = [...commonHeaders, ...limited, ...(headersOfStatus[status] ?? [])]
  const ownNames = Object.keys(own).map(name => name.toLowerCase())
  return {
    ...referencesTo(names.filter(name => !ownNames.includes(name.toLowerCase()))),
    ...Object.fromEntries(
      Object.entries(own).map(([name, description]) => [
        name,
        { ...(isHeaderName(name) && componentHeaders[name]), description, schema: { type: 'string' } },
      ]),
    ),
  }
}

const problemContent = (codes: readonly ProblemCode[]) => ({
  'application/problem+json': {
    schema: { $ref: '#/components/schemas/Problem' },
    examples: problemExamples(codes),
  },
})

type Problems = readonly (readonly [number, readonly ProblemCode[]])[]

const groupByStatus = (operation: DocumentedOperation): Problems => [
  ...Map.groupBy(new Set(problemsOf(operation).toSorted()), code => problemStatus[code]),
]

const problemResponse = (status: number, codes: readonly ProblemCode[]) => ({
  description: `${STATUS_CODES[status]}: \`${codes.join('`, `')}\``,
  headers: referencesTo([...commonHeaders, ...rateLimitHeaders, ...(headersOfStatus[status] ?? [])]),
  content: problemContent(codes),
})

/** The most frequent response of each status is a component: repeated in each operation, they would be half the document. */
function usualProblems(operations: readonly DocumentedOperation[]): Readonly<Record<string, object>> {
  const keyOf = ([status, codes]: Problems[number]) => `${status} ${codes.join()}`
  const all = operations.flatMap(groupByStatus)
  const alike = Map.groupBy(all, keyOf)
  const count = (one: Problems[number]) => alike.get(keyOf(one))?.length ?? 0
  const rarestFirst = all.toSorted((a, b) => count(a) - count(b))
  return Object.fromEntries(
    rarestFirst.map(([status, codes]) => [nameOf(status), problemResponse(status, codes)]),
  )
}

const nameOf = (status: number) => (STATUS_CODES[status] ?? '').replaceAll(/\W/g, '')

/** The response itself, or a reference to an equal component. */
function problemResponses(operation: DocumentedOperation, components: Readonly<Record<string, object>>) {
  return groupByStatus(operation).map(([status, codes]): [number, object] => {
    const response = problemResponse(status, codes)
    const isUsual = JSON.stringify(components[nameOf(status)]) === JSON.stringify(response)
    return [status, isUsual ? { $ref: `#/components/responses/${nameOf(status)}` } : response]
  })
}

const ownContent = ({ schema, contentType = 'application/json' }: ResponseDocumentation) => {
  if (schema !== undefined) return { [contentType]: mediaTypeOf(schema) }
  return contentType === 'application/json'
    ? undefined
    : { [contentType]: { schema: { type: 'string' }, ...documentExample(contentType) } }
}

function successResponses(operation: DocumentedOperation, problems: Problems) {
  const problemContentOf = (status: number) => {
    const [, codes] = problems.find(([problemStatus]) => problemStatus === status) ?? []
    return codes && problemContent(codes)
  }
  return Object.entries(operation.documentation.responses).map(([text, response]): [number, object] => {
    const status = Number(text)
    const content = ownContent(response)
    return [
      status,
      {
        description: response.description,
        headers: headersOf(operation, status, response.headers),
        ...(content && { content: { ...content, ...problemContentOf(status) } }),
      },
    ]
  })
}

/** True if the operation returns a representation with an ETag, so that it supports If-None-Match. */
export const isConditional = ({ method, documentation }: DocumentedOperation): boolean =>
  method === 'get' && documentation.responses[200]?.headers?.['ETag'] !== undefined

function notModified(operation: DocumentedOperation): [number, object][] {
  if (!isConditional(operation)) return []
  const headers = headersOf(operation, 304, operation.documentation.responses[200]?.headers)
  return [[304, { description: 'The client has this representation (If-None-Match).', headers }]]
}

/** Responses of no operation: to other methods of its path, and those of the HTTP server itself. */
const OtherProblem = {
  description:
    'Another problem: 400 `malformed_request`, 404 `not_found` for a path that does not exist, 405 ' +
    '`method_not_allowed` for a method that the path does not have, 408 `request_timeout`, 413 `body_too_large`, 417 ' +
    '`expectation_failed`, 431 `headers_too_large`.',
  headers: referencesTo([...commonHeaders, 'Allow']),
  content: problemContent([
    'malformed_request',
    'not_found',
    'method_not_allowed',
    'request_timeout',
    'body_too_large',
    'expectation_failed',
    'headers_too_large',
  ]),
}

export function createResponses(operations: readonly DocumentedOperation[]) {
  const components = { ...usualProblems(operations), OtherProblem }
  return {
    components,
    of(operation: DocumentedOperation): Readonly<Record<string, object>> {
      return {
        ...Object.fromEntries([
          ...problemResponses(operation, components),
          ...successResponses(operation, groupByStatus(operation)),
          ...notModified(operation),
        ]),
        default: { $ref: '#/components/responses/OtherProblem' },
      }
    },
  }
}
