import { randomUUID } from 'node:crypto'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes, routePath } from 'hono/route'
import type { Log } from '../log.ts'
import { reportResponse } from '../tracing.ts'
import type { HttpContext, HttpEnv } from './context.ts'

/** A received id must have this form: it is logged, and a newline would forge a line. */
const acceptableId = /^[\w.:-]{8,128}$/

/** W3C Trace Context: version, trace id, parent id, flags. */
const traceContext = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/

/**
 * Assigns each request an id, taken from `X-Request-Id` (Envoy sends one) and returned in the same field, adds `headers`
 * to every response, and logs one line per response.
 */
export const requestLog = (log: Log, headers: readonly (readonly [string, string])[]) =>
  createMiddleware<HttpEnv>(async function requestLog(c, next) {
    const startMs = performance.now()
    const requestId = requestIdOf(c.req.header('x-request-id'))
    c.set('requestId', requestId)
    await next()
    const { headers: sent } = c.res
    sent.set('x-request-id', requestId)
    for (const [name, value] of headers) sent.set(name, value)
    logRequest(log, {
      requestId,
      traceparent: c.req.header('traceparent'),
      method: c.req.method,
      route: routeOf(c),
      status: c.res.status,
      startMs,
    })
  })

/**
 * Returns the route of the handler that was called last: it responded, though later ones may match the path too. A request
 * refused before any handler belongs to the route that it was meant for.
 */
function routeOf(c: HttpContext): string {
  const path = routePath(c)
  return path === '/*' ? (matchedRoutes(c).find(({ method }) => method !== 'ALL')?.path ?? path) : path
}

interface LoggedResponse {
  readonly requestId: string
  readonly traceparent: string | string[] | undefined
  readonly method: string
  /** A template, not the path, which can contain names and tokens. */
  readonly route: string
  readonly status: number
  readonly startMs: number
}

export function logRequest(
  log: Log,
  { requestId, traceparent, method, route, status, startMs }: LoggedResponse,
): void {
  const traceId = traceIdOf(traceparent)
  const durationMs = Math.round((performance.now() - startMs) * 10) / 10
  const trace = traceId === undefined ? '' : `"traceId":"${traceId}",`
  // Ids and methods have no character that JSON escapes. JSON.stringify would take a third of a cached read's time to log.
  log.request(
    `"requestId":"${requestId}",${trace}"method":"${method}","route":${quoted(route)},"status":${status},"durationMs":${durationMs}`,
  )
  reportResponse({ method, route, status })
}

/** As JSON: a function has some thirty routes. */
const quotedRoutes = new Map<string, string>()

function quoted(route: string): string {
  const known = quotedRoutes.get(route)
  if (known !== undefined) return known
  const made = JSON.stringify(route)
  quotedRoutes.set(route, made)
  return made
}

export const requestIdOf = (given: string | string[] | undefined): string =>
  typeof given === 'string' && acceptableId.test(given) ? given : randomUUID()

const traceIdOf = (given: string | string[] | undefined): string | undefined =>
  typeof given === 'string' ? traceContext.exec(given)?.[1] : undefined
