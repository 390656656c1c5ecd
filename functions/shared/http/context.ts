import type { Readable } from 'node:stream'
import type { Context, Hono } from 'hono'
import type { Actor } from '../access-token.ts'

/** What the frame and the middleware put on a request. */
export interface Variables {
  requestId: string
  /** Set by `authenticate`; routes that need it read it with `actorOf`. */
  actor?: Actor
}

export interface HttpEnv {
  Bindings: HttpBindings
  Variables: Variables
}

/** From listener.ts; absent when a test calls `app.request`. */
export interface HttpBindings {
  incoming?: Readable & { readonly socket: { readonly remoteAddress?: string | undefined } }
}

export type HttpContext = Context<HttpEnv>
export type HttpApp = Hono<HttpEnv>
