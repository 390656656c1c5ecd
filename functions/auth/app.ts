import type { VerifyAccessToken } from '../shared/access-token.ts'
import type { Connections } from '../shared/connections.ts'
import { accountLimits } from '../shared/http/account-limits.ts'
import { authenticate as createAuthenticate } from '../shared/http/authenticate.ts'
import { createCallerOf } from '../shared/http/caller.ts'
import type { HttpApp } from '../shared/http/context.ts'
import type { Cursors } from '../shared/http/cursor.ts'
import { createFrame, refuseOtherMethods } from '../shared/http/frame.ts'
import { health } from '../shared/http/health.ts'
import { serveOpenApi } from '../shared/http/openapi.ts'
import { byClientAddress, rateLimit } from '../shared/http/rate-limit.ts'
import type { KeySet } from '../shared/key-set.ts'
import type { Log } from '../shared/log.ts'
import { createLimiter } from '../shared/redis/limiter.ts'
import { accountRoutes } from './accounts/routes.ts'
import type { Config } from './config.ts'
import type { Domain } from './domain.ts'
import { emailRoutes } from './emails/routes.ts'
import { limits } from './limits.ts'
import { moderationRoutes } from './moderation/routes.ts'
import { sessionRoutes } from './sessions/routes.ts'
import { signInRoutes } from './sign-in/routes.ts'

export interface Dependencies {
  readonly config: Pick<
    Config,
    'corsOrigins' | 'publicUrl' | 'version' | 'trustedProxies' | 'signInLimitPerMinute'
  >
  readonly log: Log
  readonly domain: Domain
  readonly keySet: KeySet
  readonly cursors: Cursors
  readonly verifyAccessToken: VerifyAccessToken
  readonly connections: Connections
}

export function createApp(dependencies: Dependencies): HttpApp {
  const { config, log, domain, keySet, cursors, verifyAccessToken, connections } = dependencies
  const app = createFrame({ ...config, log })
  const authenticate = createAuthenticate(verifyAccessToken)
  const callerOf = createCallerOf(config.trustedProxies)
  const limit = (name: string, perMinute: number) =>
    rateLimit(
      createLimiter(connections.redis, { name, limit: perMinute, windowSeconds: 60 }),
      byClientAddress(config.trustedProxies),
    )
  const limitSignIn = limit('sign-in', config.signInLimitPerMinute)
  // A refresh cannot be guessed, and one address may have many people behind it.
  const limitRefresh = limit('refresh', config.signInLimitPerMinute * 10)

  app.get('/auth/health', health(config.version, connections))
  app.get('/auth/openapi.json', serveOpenApi)
  signInRoutes(app, { ...domain, keySet, callerOf, limitSignIn, limitRefresh })
  sessionRoutes(app, { ...domain, cursors, authenticate, callerOf })
  const limitExport = accountLimits(connections.redis, limits, true)('export-account')
  accountRoutes(app, { ...domain, cursors, authenticate, limitExport, limitSignIn, callerOf })
  emailRoutes(app, { ...domain, authenticate, callerOf, limitSignIn })
  moderationRoutes(app, { ...domain, authenticate })
  refuseOtherMethods(app)
  return app
}
