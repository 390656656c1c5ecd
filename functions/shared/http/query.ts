import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type * as v from 'valibot'
import type { FieldError } from '../problems.ts'
import type { HttpContext, HttpEnv } from './context.ts'
import { maxErrors, readParameters, refused } from './input.ts'

/** Handlers that read the query. What is sent to any other is refused, so that no route can forget to look. */
const readers = new WeakSet<object>()

/**
 * A handler with the query parameters that `schema`, a strict object, describes. Each is sent at most once and never
 * empty: an empty filter must not be taken for no filter. Throws 400 that names each parameter at fault.
 */
export function withQuery<Schema extends v.GenericSchema>(
  schema: Schema,
  handler: (c: HttpContext, query: v.InferOutput<Schema>) => Response | Promise<Response>,
): (c: HttpContext) => Response | Promise<Response> {
  const reader = (c: HttpContext) => handler(c, readParameters(schema, singleValues(c.req.queries())))
  readers.add(reader)
  return reader
}

/** Marks a handler that reads its query itself, so that `strictQuery` leaves it alone. */
export function readsItsQuery<Handler extends object>(handler: Handler): Handler {
  readers.add(handler)
  return handler
}

/** Reads the query parameters that `schema`, a strict object, describes: as `withQuery`. */
export const readQuery = <Schema extends v.GenericSchema>(
  c: HttpContext,
  schema: Schema,
): v.InferOutput<Schema> => readParameters(schema, singleValues(c.req.queries()))

/** Throws 400 that names each query parameter, where none is described. */
export function refuseAnyQuery(c: HttpContext): void {
  if (!c.req.url.includes('?')) return
  const names = Object.keys(c.req.queries())
  if (names.length > 0) throw refused('invalid_parameter', names.map(unknown))
}

/** Refuses a query that cannot be decoded, and any query where no handler reads one. */
export const strictQuery: MiddlewareHandler<HttpEnv> = function strictQuery(c, next) {
  const start = c.req.url.indexOf('?')
  if (start === -1) return next()
  requireDecodable(c.req.url.slice(start + 1))
  const routes = matchedRoutes(c).filter(({ method }) => method !== 'ALL')
  // Without one it is for the 404 or 405 to say what is wrong.
  if (routes.length > 0 && !routes.some(({ handler }) => readers.has(handler))) {
    refuseAnyQuery(c)
  }
  return next()
}

const unknown = (path: string): FieldError => ({ path, message: 'is not a known parameter' })

/** Hono leaves what it cannot decode as it is, and Postgres takes no U+0000 in any text. */
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
