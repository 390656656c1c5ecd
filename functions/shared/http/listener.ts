// Before node-server, which keeps the web classes that it finds when it is loaded.
import './minimal-fetch-globals.ts'
import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { HttpBindings } from './context.ts'
import { problemOutsideApp } from './malformed-request.ts'

/** How an app is called: `app.fetch` of Hono, or what stands before several of them. */
export type Fetch = (request: Request, bindings: HttpBindings) => Response | Promise<Response>

/** Between `node:http` and an app. Imported by processes only, once their port is open. */
/** A request of HTTP/1.0 need not name its host. */
export const createListener = (fetch: Fetch): RequestListener =>
  getRequestListener(fetch, { hostname: 'localhost', errorHandler: toProblemResponse })

/** What no app was asked: a target that is no URL, or a fault of the listener's own. */
function toProblemResponse(error: unknown): Response {
  const isMalformed = error instanceof Error && error.name === 'RequestError'
  const { status, headers, body } = isMalformed
    ? problemOutsideApp('malformed_request', 'The target of the request is no URL.')
    : problemOutsideApp('internal', 'Something went wrong on our side.')
  return new Response(body, { status, headers })
}
