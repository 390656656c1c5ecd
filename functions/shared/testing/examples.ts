import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'

const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'openapi.json')
const Content = v.record(
  v.string(),
  v.object({ examples: v.optional(v.record(v.string(), v.object({ $ref: v.string() })), {}) }),
)
const Parameter = v.object({
  name: v.string(),
  in: v.picklist(['path', 'query', 'header']),
  required: v.boolean(),
  example: v.optional(v.string()),
})
const Operation = v.object({
  operationId: v.string(),
  tags: v.array(v.string()),
  parameters: v.array(Parameter),
  requestBody: v.optional(v.object({ content: Content })),
})
const Document = v.object({
  paths: v.record(v.string(), v.record(v.string(), Operation)),
  components: v.object({ examples: v.record(v.string(), v.object({ value: v.unknown() })) }),
})
const document = v.parse(Document, JSON.parse(readFileSync(file, 'utf8')))

export interface ExampleRequest {
  readonly operationId: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/**
 * The requests that docs/openapi.json gives as examples for a function, with their required parameters. `known`
 * replaces the values that only the database can give, by the name of the parameter.
 */
export const exampleRequests = (
  name: string,
  known: Readonly<Record<string, string>> = {},
): ExampleRequest[] =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, { tags }]) => tags.includes(name))
      .map(([method, operation]) => toRequest(method.toUpperCase(), path, operation, known)),
  )

function toRequest(
  method: string,
  template: string,
  { operationId, parameters, requestBody }: v.InferOutput<typeof Operation>,
  known: Readonly<Record<string, string>>,
): ExampleRequest {
  const valuesIn = (place: 'path' | 'query' | 'header') =>
    parameters
      .filter(parameter => parameter.in === place && parameter.required)
      .map(({ name, example = '' }): [string, string] => [name, known[name] ?? example])
  const filled = valuesIn('path').reduce((path, [name, value]) => path.replace(`{${name}}`, value), template)
  const query = new URLSearchParams(valuesIn('query'))
  const [contentType, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
  const example = Object.values(content?.examples ?? {})[0]
    ?.$ref.split('/')
    .at(-1)
  return {
    operationId,
    method,
    path: query.size > 0 ? `${filled}?${query}` : filled,
    headers: {
      ...Object.fromEntries(valuesIn('header')),
      ...(contentType !== undefined && { 'content-type': contentType }),
    },
    body: example === undefined ? undefined : document.components.examples[example]?.value,
  }
}

const order = ['GET', 'PUT', 'PATCH', 'DELETE']
/** What makes something first, what removes it last, and what is inside of something before that. */
export const inOrder = (a: ExampleRequest, b: ExampleRequest): number =>
  order.indexOf(a.method) - order.indexOf(b.method) || b.path.length - a.path.length
