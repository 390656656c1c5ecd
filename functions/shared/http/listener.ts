// Precedes node-server, which keeps the web classes that it finds when it is loaded.
import './minimal-fetch-globals.ts'
import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { HttpBindings } from './context.ts'
import { problemOutsideApp } from './malformed-request.ts'

/** `fetch` of a Hono app, or a function that wraps it. */
export type Fetch = (request: Request, bindings: HttpBindings) => Response | Promise<Response>

/** Connects `node:http` to an app; imported once the port is open. HTTP/1.0 requests may lack a host. */
export const createListener = (fetch: Fetch): RequestListener =>
  getRequestListener(fetch, { hostname: 'localhost', errorHandler: toProblemResponse })

/** Responds where no app was called: to a target that is not a URL, or after a fault of the listener itself. */
function toProblemResponse(error: unknown): Response {
  const isMalformed = error instanceof Error && error.name === 'RequestError'
  const { status, headers, body } = isMalformed
    ? problemOutsideApp('malformed_request', 'The target of the request is not a valid URL.')
    : problemOutsideApp('internal', 'An internal error occurred.')
  return new Response(body, { status, headers })
}
