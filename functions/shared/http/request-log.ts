import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { Log } from '../log.ts'
import type { HttpEnv } from './context.ts'

/** W3C Trace Context: version, trace id, parent id, flags. */
const traceparent = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/

/** One line per request. The route's template is logged and not the path, which can hold names and tokens. */
export const requestLog = (log: Log) =>
  createMiddleware<HttpEnv>(async function requestLog(c, next) {
    const startMs = performance.now()
    await next()
    const traceId = traceparent.exec(c.req.header('traceparent') ?? '')?.[1]
    log.info('request', {
      requestId: c.get('requestId'),
      ...(traceId && { traceId }),
      method: c.req.method,
      // Of the handler that was called last: it answered, though the path may match others after it.
      route: routePath(c),
      status: c.res.status,
      durationMs: Math.round((performance.now() - startMs) * 10) / 10,
    })
  })
