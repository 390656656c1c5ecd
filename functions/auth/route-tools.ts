import type { MiddlewareHandler } from 'hono'
import type { CallerOf } from '../shared/http/caller.ts'
import type { HttpEnv } from '../shared/http/context.ts'
import type { Cursors } from '../shared/http/cursor.ts'
import type { KeySet } from '../shared/key-set.ts'

type Middleware = MiddlewareHandler<HttpEnv>

export interface RouteTools {
  readonly keySet: KeySet
  readonly cursors: Cursors
  readonly callerOf: CallerOf
  readonly authenticate: Middleware
  readonly limitSignIn: Middleware
  readonly limitRefresh: Middleware
  /** Behind `authenticate`. */
  readonly limitExport: Middleware
}
