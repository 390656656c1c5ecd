import { randomUUID } from 'node:crypto'
import { createMiddleware } from 'hono/factory'
import type { HttpEnv } from './context.ts'

/** An id from the wire is taken only in this form: it goes into logs, where a newline would forge a line. */
const acceptable = /^[\w.:-]{8,128}$/

/** Gives each request an id, kept from `X-Request-Id` (Envoy sends one) and returned under the same name. */
export const requestId = createMiddleware<HttpEnv>(async function requestId(c, next) {
  const given = c.req.header('x-request-id')
  const id = given !== undefined && acceptable.test(given) ? given : randomUUID()
  c.set('requestId', id)
  await next()
  c.res.headers.set('x-request-id', id)
})
