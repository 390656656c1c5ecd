import * as v from 'valibot'
import type { FieldError } from '../domain-error.ts'
import type { HttpContext } from './context.ts'
import { findExcess } from './json-limits.ts'
import { Problem } from './problem.ts'

/** A person reads the list; thousands of faults would turn a request of a few kB into megabytes. */
export const maxErrors = 20
/** Bounds the path of a fault, which the client has chosen. */
const maxPathLength = 100

type InputCode = 'invalid_body' | 'invalid_parameter'

/**
 * Reads the request body, at most `maxBytes` long, and checks it against `schema`.
 * Throws 415 (not JSON, or compressed), 413 (too large), 400 (unreadable, too deep, NUL, marks), 422 (names each refused member).
 */
export async function readBody<Schema extends v.GenericSchema>(
  c: HttpContext,
  schema: Schema,
  maxBytes = 65_536,
): Promise<v.InferOutput<Schema>> {
  const contentType = c.req.header('content-type') ?? ''
  if (!/^application\/(?:merge-patch\+)?json\s*(?:;|$)/i.test(contentType)) {
    throw new Problem('unsupported_media_type', 'The body must be application/json.')
  }
  // RFC 9110, 8.4: a body in a coding that is not decoded must not be taken for what it is not.
  if (!/^(?:identity)?$/i.test(c.req.header('content-encoding') ?? '')) {
    throw new Problem('unsupported_media_type', 'The body must be sent without a content coding.')
  }
  const value = parseJson(await readBytes(c, maxBytes))
  // valibot accepts an empty array as an object without members.
  if (Array.isArray(value)) throw refused('invalid_body', [{ path: '', message: 'must be an object' }])
  return validate(schema, value, 'invalid_body')
}

/** Checks parameters against `schema`; throws 400 that names each refused one. */
export function readParameters<Schema extends v.GenericSchema>(
  schema: Schema,
  parameters: Readonly<Record<string, string>>,
): v.InferOutput<Schema> {
  return validate(schema, parameters, 'invalid_parameter')
}

/** Reads the header fields that `schema` names; throws 400 that names each refused one. */
export function readHeaders<Schema extends v.GenericSchema & { readonly entries: object }>(
  c: HttpContext,
  schema: Schema,
): v.InferOutput<Schema> {
  const sent = Object.keys(schema.entries).flatMap(name => {
    const value = c.req.header(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return readParameters(schema, Object.fromEntries(sent))
}

/** Reads the parameters of the path; throws 404 with the message of `schema` where no resource can have such a name. */
export function readPathParameters<Schema extends v.GenericSchema>(
  c: HttpContext,
  schema: Schema,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, c.req.param())
  if (result.success) return result.output
  throw new Problem('not_found', result.issues[0].message)
}

async function readBytes(c: HttpContext, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new Problem('body_too_large', `The body may have at most ${maxBytes} bytes.`)
  const declared = Number(c.req.header('content-length') ?? 0)
  if (declared > maxBytes) throw tooLarge()
  let bytes = Buffer.alloc(0)
  let length = 0
  try {
    // Content-Length may be absent or wrong (RFC 9112, 6.3), so the received bytes are counted too.
    for await (const chunk of bodyOf(c)) {
      const end = length + chunk.byteLength
      if (end > maxBytes) throw tooLarge()
      // Copied: a chunk may have one byte, and half a kilobyte of memory until it is released.
      if (end > bytes.length) bytes = Buffer.concat([bytes], 2 * end)
      bytes.set(chunk, length)
      length = end
    }
  } catch (error) {
    // A client that goes away is no fault of the server's.
    throw error instanceof Problem ? error : malformed('The body ended before its last byte.', error)
  }
  return bytes.subarray(0, length)
}

/** Does not destroy a half-read message: a 413 must still reach the client on its connection. */
function bodyOf(c: HttpContext): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return c.env?.incoming?.iterator({ destroyOnReturn: false }) ?? c.req.raw.body ?? []
}

const malformed = (detail: string, cause?: unknown) => new Problem('malformed_body', detail, { cause })

function parseJson(bytes: Uint8Array): unknown {
  const excess = findExcess(bytes)
  if (excess !== undefined) throw malformed(excess)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw malformed('The body is not valid JSON in UTF-8.', error)
  }
  const fault = findFault(value)
  if (fault !== undefined) throw malformed(fault)
  return value
}

/** Postgres text cannot hold U+0000, and a lone surrogate is not UTF-8: both would fail later, inside a statement. */
function findFault(value: unknown): string | undefined {
  if (typeof value === 'string') return findFaultOfText(value)
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, member] of Object.entries(value)) {
    const fault = findFaultOfText(key) ?? findFault(member)
    if (fault !== undefined) return fault
  }
  return undefined
}

/**
 * Normalization sorts combining marks in a time that grows with the square of their number: 630,000 in a row took six
 * minutes. As many are allowed as in Unicode's Stream-Safe Text Format (UAX #15, 13). NFKC makes marks of the last two.
 */
const tooManyMarks = /(?<![\p{M}\uff9e\uff9f])[\p{M}\uff9e\uff9f]{31}/u

function findFaultOfText(text: string): string | undefined {
  if (text.includes('\u0000')) return 'The body contains a NUL character.'
  if (tooManyMarks.test(text)) return 'The body has more than 30 combining marks in a row.'
  return text.isWellFormed() ? undefined : 'The body contains an unpaired surrogate.'
}

function validate<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  code: InputCode,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  throw refused(
    code,
    firstOfEachPath(result.issues.slice(0, 10 * maxErrors).map(issue => fieldError(code, issue))),
  )
}

/** One fault of a value often causes others. */
const firstOfEachPath = (errors: readonly FieldError[]): readonly FieldError[] =>
  [...new Map(errors.toReversed().map(error => [error.path, error])).values()].reverse()

/** Lists at most `maxErrors` of the faults; the text says if there are more. */
export function refused(code: InputCode, faults: readonly FieldError[]): Problem {
  const errors = faults.slice(0, maxErrors).map(({ path, message }) => ({ path: cut(path), message }))
  const names = [...new Set(errors.map(error => error.path || 'body'))].join(', ')
  const more = faults.length > maxErrors ? ', and more' : ''
  return new Problem(code, `Refused: ${names}${more}.`, { errors })
}

/** Cuts at whole characters, so that the response stays valid UTF-8. */
const cut = (path: string) =>
  path.length <= maxPathLength ? path : `${[...path.slice(0, maxPathLength)].slice(0, -1).join('')}…`

/** Replaces valibot's own messages: they repeat the received value, which may be a password. */
function fieldError(code: InputCode, issue: v.BaseIssue<unknown>): FieldError {
  const path = v.getDotPath(issue) ?? ''
  if (issue.kind === 'schema') {
    if (issue.type === 'strict_object' && issue.expected === 'never')
      return { path, message: `is not a known ${code === 'invalid_body' ? 'member' : 'parameter'}` }
    if (issue.received === 'undefined') return { path, message: 'is required' }
    return { path, message: `must be ${nameTypes(issue.expected ?? 'of another type')}` }
  }
  return { path, message: namesValue.test(issue.message) ? 'is not valid' : issue.message }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  Object: 'an object',
  Array: 'an array',
}

/** Says in words what valibot writes as a type: `string`, or `("asc" | "desc")`. */
function nameTypes(expected: string): string {
  const names = expected.replace(/^\((.*)\)$/, '$1').split(' | ')
  const words = names.map(name => typeNames[name] ?? name.replaceAll('"', ''))
  return words.join(', ').replace(/, (?=[^,]*$)/, ' or ')
}

/** The message of a rule without one of its own: "Invalid format: Expected /^a$/ but received "hunter2"". */
const namesValue = /^Invalid [\w ]+: (?:Expected|Received) /
