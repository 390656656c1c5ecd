import type { MiddlewareHandler } from 'hono'
import type { Authenticate } from '../../shared/http/authenticate.ts'
import type { HttpEnv } from '../../shared/http/context.ts'
import type { LimitName } from '../limits.ts'

export interface Guards {
  readonly required: Authenticate
  readonly optional: Authenticate
  /** Behind `required`. */
  readonly limit: (name: LimitName) => MiddlewareHandler<HttpEnv>
}
