import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Context, Hono } from 'hono'
import type { Actor } from '../access-token.ts'

/** What the base app and the middleware set on a request. */
interface Variables {
  requestId: string
  /** Set by the middleware `authenticate`. */
  actor?: Actor
}

export interface HttpEnv {
  Bindings: HttpBindings
  Variables: Variables
}

/** The body of a response that is the same for everyone who sends no token. */
export interface PublicBody {
  readonly text: string
  readonly contentType: string
  /** The template of the route that made it. */
  readonly route: string
}

export interface HttpBindings {
  /** From listener.ts; absent when a test calls `app.request`. */
  incoming?: Readable & {
    readonly method?: string | undefined
    readonly url?: string | undefined
    readonly headers: IncomingHttpHeaders
    readonly socket: { readonly remoteAddress?: string | undefined }
  }
  /** Set by the response cache, for requests that anyone could have sent. */
  store?: (body: PublicBody) => void
}

export type HttpContext = Context<HttpEnv>
export type HttpApp = Hono<HttpEnv>
