import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import * as v from 'valibot'
import { problemStatus } from '../http/problem.ts'
import { generalViolations, isGeneral } from './general-headers.ts'

const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'openapi.json')
const reference = '#/components/'
const problemJson = 'application/problem+json'

const Reference = v.object({ $ref: v.string() })
const Header = v.object({
  required: v.optional(v.boolean(), false),
  schema: v.record(v.string(), v.unknown()),
})
const MediaType = v.object({
  schema: v.record(v.string(), v.unknown()),
  examples: v.optional(v.record(v.string(), v.unknown()), {}),
})
const ResponseObject = v.object({
  description: v.string(),
  headers: v.optional(v.record(v.string(), v.union([Reference, Header])), {}),
  content: v.optional(v.record(v.string(), MediaType), {}),
})
type ResponseObject = v.InferOutput<typeof ResponseObject>
const Contract = v.object({
  paths: v.record(
    v.string(),
    v.record(v.string(), v.object({ responses: v.record(v.string(), v.union([Reference, ResponseObject])) })),
  ),
  components: v.object({
    headers: v.record(v.string(), Header),
    responses: v.record(v.string(), ResponseObject),
    schemas: v.record(v.string(), v.unknown()),
  }),
})

const contract = v.parse(Contract, JSON.parse(readFileSync(file, 'utf8')))
const ajv = new Ajv2020({ strict: false, allErrors: true })
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
ajv.addFormat('uuid', /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/)
ajv.addFormat('date-time', {
  type: 'string',
  validate: text => rfc3339.test(text) && !Number.isNaN(Date.parse(text)),
})
ajv.addFormat('date', /^\d{4}-\d\d-\d\d$/)
ajv.addFormat('uri', { type: 'string', validate: text => URL.canParse(text) })
ajv.addFormat('email', /^[^@\s]+@[^@\s]+$/)

/** Closes every object: a member that is missing from the contract is our mistake, though clients must ignore it. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const members = Object.entries(schema).map(([key, value]) => [key, closed(value)])
  const isOpen = 'properties' in schema && !('additionalProperties' in schema)
  return { ...Object.fromEntries(members), ...(isOpen && { additionalProperties: false }) }
}
ajv.addSchema({ $id: 'contract', components: { schemas: closed(contract.components.schemas) } })

const validators = new Map<string, ValidateFunction>()
function validatorOf(schema: unknown): ValidateFunction {
  const key = JSON.stringify(schema).replaceAll('"#/', '"contract#/')
  const validator = validators.get(key) ?? ajv.compile(JSON.parse(key))
  validators.set(key, validator)
  return validator
}

/** Returns what `value` violates; undefined if it matches the schema. */
export function violationOf(schema: unknown, value: unknown): string | undefined {
  const validate = validatorOf(schema)
  return validate(value) ? undefined : ajv.errorsText(validate.errors)
}

const nameOf = ({ $ref }: v.InferOutput<typeof Reference>) => $ref.slice(reference.length).split('/')[1] ?? ''
const responseOf = (found: v.InferOutput<typeof Reference> | ResponseObject | undefined) =>
  found !== undefined && '$ref' in found ? contract.components.responses[nameOf(found)] : found
const headerOf = (found: v.InferOutput<typeof Reference> | v.InferOutput<typeof Header>) =>
  '$ref' in found ? contract.components.headers[nameOf(found)] : found

const templates = Object.keys(contract.paths)
  // Literal paths precede templates, as in the routers.
  .toSorted((a, b) => a.split('{').length - b.split('{').length)
  .map(path => ({
    path,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }))

const other = contract.components.responses['OtherProblem']
const otherExamples = other?.content[problemJson]?.examples ?? {}
/** Of `OtherProblem`: what the HTTP server sends before the request reaches an operation. */
const statusesOfServer = Object.entries(problemStatus)
  .filter(([code, status]) => code in otherExamples && status !== 404 && status !== 405)
  .map(([, status]) => status)

/** The Fetch standard defines the response to a preflight request. */
const preflight: ResponseObject = {
  description: '',
  headers: { 'X-Request-Id': { required: true, schema: { type: 'string' } } },
  content: {},
}

function expectedResponse(method: string, path: string, status: number): ResponseObject | undefined {
  if (method === 'OPTIONS' && status === 204) return preflight
  const template = templates.find(({ pattern }) => pattern.test(path))
  const operations = template && contract.paths[template.path]
  const isOfServer = statusesOfServer.some(one => one === status)
  if (operations === undefined) return status === 404 || isOfServer ? other : undefined
  const operation = operations[method === 'HEAD' ? 'get' : method.toLowerCase()]
  if (operation === undefined) return status === 405 || isOfServer ? other : undefined
  return responseOf(operation.responses[String(status)]) ?? (isOfServer ? other : undefined)
}

function headerViolations(expected: ResponseObject, headers: Received['headers']): readonly string[] {
  const declared = Object.entries(expected.headers).map(([name, header]) => ({
    name,
    header: headerOf(header),
  }))
  const names = declared.map(({ name }) => name.toLowerCase())
  const unknown = [...headers.keys()]
    .filter(name => !isGeneral(name) && !names.includes(name))
    .map(name => `the header ${name} is not in the contract`)
  const wrong = declared.flatMap(({ name, header }) => {
    const text = headers.get(name.toLowerCase())
    if (header === undefined) return [`the header ${name} has no definition`]
    if (text === undefined) return header.required ? [`the header ${name} is missing`] : []
    const value = header.schema['type'] === 'integer' ? Number(text) : text
    const violation = violationOf(header.schema, value)
    return violation === undefined ? [] : [`the header ${name}: ${violation}`]
  })
  return [...unknown, ...wrong, ...generalViolations(headers)]
}

function bodyViolations(
  expected: ResponseObject,
  contentType: string | undefined,
  text: string,
): readonly string[] {
  if (text === '') return []
  const mediaType = contentType?.split(';')[0]?.trim() ?? ''
  const { schema, examples = {} } = expected.content[mediaType] ?? {}
  if (schema === undefined) return [`the media type "${mediaType}" is not in the contract`]
  const value: unknown = mediaType.endsWith('json') ? JSON.parse(text) : text
  const violation = violationOf(schema, value)
  if (violation !== undefined) return [violation]
  if (mediaType !== problemJson) return []
  const { code } = v.parse(v.object({ code: v.string() }), value)
  // Each code of a response has an example under its name.
  return code in examples ? [] : [`the code ${code} is not in the contract`]
}

export interface Received {
  readonly status: number
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

export const receive = async (response: Response): Promise<Received> => ({
  status: response.status,
  headers: new Map(response.headers),
  body: await response.text(),
})

/** Returns how a response deviates from docs/openapi.json. */
export function contractViolations(
  method: string,
  path: string,
  { status, headers, body }: Received,
): readonly string[] {
  const expected = expectedResponse(method, path, status)
  if (expected === undefined) return [`the status ${status} is not in the contract`]
  return [
    ...headerViolations(expected, headers),
    ...bodyViolations(expected, headers.get('content-type'), body),
  ]
}

type Fetch<Rest extends readonly unknown[]> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>

/** Fails the test whose response deviates from docs/openapi.json. */
export function holdFetchToContract<Rest extends readonly unknown[]>(fetch: Fetch<Rest>): Fetch<Rest> {
  // Measurements of time or memory would include this check.
  if (process.env['HOLD_TO_CONTRACT'] !== 'yes') return fetch
  return async (request, ...rest) => {
    const response = await fetch(request, ...rest)
    const { method } = request
    const path = new URL(request.url).pathname
    const violations = contractViolations(method, path, await receive(response.clone()))
    if (violations.length === 0) return response
    throw new Error(
      `${method} ${path} → ${response.status} is not as in the contract: ${violations.join('; ')}`,
    )
  }
}
