import { randomUUID } from 'node:crypto'
import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { Log } from '../log.ts'
import type { HttpContext, HttpEnv } from './context.ts'

/** An id from the wire is taken only in this form: it goes into logs, where a newline would forge a line. */
const acceptableId = /^[\w.:-]{8,128}$/

/** W3C Trace Context: version, trace id, parent id, flags. */
const traceparent = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/

/**
 * Gives each request an id, kept from `X-Request-Id` (Envoy sends one) and returned under the same name, and writes one
 * line. The route's template is logged and not the path, which can hold names and tokens.
 */
export const requestLog = (log: Log) =>
  createMiddleware<HttpEnv>(async function requestLog(c, next) {
    const startMs = performance.now()
    const requestId = requestIdOf(c)
    c.set('requestId', requestId)
    await next()
    c.res.headers.set('x-request-id', requestId)
    const traceId = traceIdOf(c)
    log.info('request', {
      requestId,
      ...(traceId && { traceId }),
      method: c.req.method,
      // Of the handler that was called last: it answered, though the path may match others after it.
      route: routePath(c),
      status: c.res.status,
      durationMs: Math.round((performance.now() - startMs) * 10) / 10,
    })
  })

function requestIdOf(c: HttpContext): string {
  const given = c.req.header('x-request-id')
  return given !== undefined && acceptableId.test(given) ? given : randomUUID()
}

function traceIdOf(c: HttpContext): string | undefined {
  const given = c.req.header('traceparent')
  return given === undefined ? undefined : traceparent.exec(given)?.[1]
}
