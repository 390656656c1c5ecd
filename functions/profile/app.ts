import type { VerifyAccessToken } from '../shared/access-token.ts'
import type { Connections } from '../shared/connections.ts'
import { accountLimits } from '../shared/http/account-limits.ts'
import { authenticate } from '../shared/http/authenticate.ts'
import { createCallerOf } from '../shared/http/caller.ts'
import type { HttpApp } from '../shared/http/context.ts'
import type { Cursors } from '../shared/http/cursor.ts'
import { createFrame, refuseOtherMethods } from '../shared/http/frame.ts'
import { health } from '../shared/http/health.ts'
import { serveOpenApi } from '../shared/http/openapi.ts'
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
  const app = createFrame({ ...config, log })
  // Before /profile/{username}: both names are refused as usernames.
  app.get('/profile/health', health(config.version, connections))
  app.get('/profile/openapi.json', serveOpenApi)
  const authenticated = authenticate(verifyAccessToken)
  const limit = accountLimits(connections.redis, limits, config.accountLimits)
  followRoutes(app, follows, cursors, { authenticate: authenticated, limit: limit('change-follows') })
  profileRoutes(app, profiles, createCallerOf(config.trustedProxies), {
    authenticate: authenticated,
    limit: limit('change-profile'),
  })
  refuseOtherMethods(app)
  return app
}
