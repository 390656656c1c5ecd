import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Context, Hono } from 'hono'

/** Set by the base app on each request. */
interface Variables {
  requestId: string
}

export interface HttpEnv {
  Bindings: HttpBindings
  Variables: Variables
}

/** The body of a response that is the same for everyone who sends no token. */
export interface PublicBody {
  readonly text: string
  readonly contentType: string
  /** The path of the route, as a template. */
  readonly route: string
}

export interface HttpBindings {
  /** Set by listener.ts; absent if a test calls `app.request`. */
  incoming?: Readable & {
    readonly method?: string | undefined
    readonly url?: string | undefined
    readonly headers: IncomingHttpHeaders
    readonly socket: { readonly remoteAddress?: string | undefined }
  }
  outgoing?: { destroy(): void }
  /** Set by the response cache, for requests that anyone could have sent. */
  store?: (body: PublicBody) => void
}

export type HttpContext = Context<HttpEnv>
export type HttpApp = Hono<HttpEnv>
