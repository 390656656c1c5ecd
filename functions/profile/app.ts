import type { VerifyAccessToken } from '../shared/access-token.ts'
import type { Connections } from '../shared/connections.ts'
import { createBaseApp, refuseOtherMethods } from '../shared/http/base-app.ts'
import { createCallerOf } from '../shared/http/caller.ts'
import type { HttpApp } from '../shared/http/context.ts'
import type { Cursors } from '../shared/http/cursor.ts'
import { createAccountLimits } from '../shared/http/request-limits.ts'
import { systemRoutes } from '../shared/http/system-routes.ts'
import type { Log } from '../shared/log.ts'
import type { Config } from './config.ts'
import type { Follows } from './domain/follows.ts'
import type { Profiles } from './domain/profiles.ts'
import { limits } from './limits.ts'
import { followRoutes } from './routes/follows.ts'
import { profileRoutes } from './routes/profiles.ts'

export interface Dependencies {
  readonly config: Pick<Config, 'corsOrigins' | 'publicUrl' | 'version' | 'trustedProxies' | 'accountLimits'>
  readonly log: Log
  readonly profiles: Profiles
  readonly follows: Follows
  readonly cursors: Cursors
  readonly verifyAccessToken: VerifyAccessToken
  readonly connections: Connections
}

export function createApp(dependencies: Dependencies): HttpApp {
  const { config, log, profiles, follows, cursors, verifyAccessToken, connections } = dependencies
  const app = createBaseApp({ ...config, log })
  const limitOf = createAccountLimits(connections.redis, limits, config.accountLimits)
  const guards = { verifyAccessToken, limitOf }
  systemRoutes(app, guards, { name: 'profile', version: config.version, connections })
  followRoutes(app, guards, follows, cursors)
  profileRoutes(app, guards, profiles, createCallerOf(config.trustedProxies))
  refuseOtherMethods(app)
  return app
}
