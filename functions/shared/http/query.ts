import type { MiddlewareHandler } from 'hono'
import type * as v from 'valibot'
import type { FieldError } from '../domain-error.ts'
import type { HttpContext, HttpEnv } from './context.ts'
import { maxErrors, readParameters, refused } from './input.ts'

/**
 * Rejects a query that cannot be decoded or has a parameter without a name, on any path. What else it may hold is
 * for the route to say.
 */
export const rejectUndecodableQuery: MiddlewareHandler<HttpEnv> = function rejectUndecodableQuery(c, next) {
  const start = c.req.url.indexOf('?')
  if (start !== -1) {
    const query = c.req.url.slice(start + 1)
    requireDecodable(query)
    requireNames(query)
  }
  return next()
}

/**
 * Reads the query parameters that `schema`, a strict object, describes. Each is sent at most once and never empty: an
 * empty filter must not be taken for no filter. Throws 400 that names each parameter at fault.
 */
export const readQuery = <Schema extends v.GenericSchema>(
  c: HttpContext,
  schema: Schema,
): v.InferOutput<Schema> => readParameters(schema, singleValues(c.req.queries()))

/** Throws 400 that names each query parameter, where none is described. */
export function rejectAnyQuery(c: HttpContext): void {
  if (!c.req.url.includes('?')) return
  const names = Object.keys(c.req.queries())
  if (names.length > 0) throw refused('invalid_parameter', names.map(unknown))
}

const unknown = (path: string): FieldError => ({ path, message: 'is not a known parameter' })

/** Hono drops a parameter without a name, so no schema would see it: `DELETE /auth/sessions?=current` ends all sessions. */
function requireNames(query: string): void {
  if (query.split('&').some(parameter => parameter.startsWith('='))) {
    throw refused('invalid_parameter', [{ path: '=', message: 'must follow the name of a parameter' }])
  }
}

/** Hono leaves what it cannot decode unchanged, and Postgres accepts U+0000 in no text. */
function requireDecodable(query: string): void {
  if (isDecodable(query)) return
  const errors = query
    .split('&')
    .filter(parameter => !isDecodable(parameter))
    .map(parameter => ({
      path: parameter.split('=', 1)[0] ?? '',
      message: 'must be percent-encoded UTF-8 without NUL',
    }))
  throw refused('invalid_parameter', errors)
}

function isDecodable(text: string): boolean {
  try {
    return !decodeURIComponent(text).includes('\u0000')
  } catch {
    return false
  }
}

function singleValues(queries: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  const values: [string, string][] = []
  const errors: FieldError[] = []
  for (const [path, [value = '', ...others]] of Object.entries(queries)) {
    if (others.length > 0) errors.push({ path, message: 'must be sent once' })
    else if (value === '') errors.push({ path, message: 'must not be empty' })
    values.push([path, value])
    if (errors.length > maxErrors) break
  }
  if (errors.length > 0) throw refused('invalid_parameter', errors)
  return Object.fromEntries(values)
}
