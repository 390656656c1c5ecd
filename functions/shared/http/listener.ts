// Before node-server, which keeps the web classes that it finds when it is loaded.
import './light-web.ts'
import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { HttpBindings } from './context.ts'

/** How an app is called: `app.fetch` of Hono, or what stands before several of them. */
export type Fetch = (request: Request, bindings: HttpBindings) => Response | Promise<Response>

/** Between `node:http` and an app. Imported by processes only, once their port is open. */
export const createListener = (fetch: Fetch): RequestListener => getRequestListener(fetch)
