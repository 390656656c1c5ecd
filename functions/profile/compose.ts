import { createVerifyAccessToken } from '../shared/access-token.ts'
import { type Connections, closeRedis } from '../shared/connections.ts'
import { createBaseApp, refuseOtherMethods } from '../shared/http/base-app.ts'
import { createCallerOf } from '../shared/http/caller.ts'
import { createCursors } from '../shared/http/cursor.ts'
import { createAccountLimits } from '../shared/http/request-limits.ts'
import { createResponseCache } from '../shared/http/response-cache.ts'
import type { Composition } from '../shared/http/serve.ts'
import { systemRoutes } from '../shared/http/system-routes.ts'
import { watchKeySet } from '../shared/key-set.ts'
import type { Log } from '../shared/log.ts'
import { createCache } from '../shared/redis/cache.ts'
import { createRevocations } from '../shared/revocations.ts'
import type { Config } from './config.ts'
import type { Dependencies } from './dependencies.ts'
import { followRoutes } from './follows/routes.ts'
import { limits } from './limits.ts'
import { createProfileCache } from './profiles/profile-cache.ts'
import { profileRoutes } from './profiles/routes.ts'

/** In milliseconds; a test brings its own. */
interface Clock {
  readonly now: () => number
}

/** The one wiring of the function: for production, development and tests. Opens no port. */
export async function compose(
  config: Config,
  log: Log,
  connections: Connections,
  clock?: Clock,
): Promise<Composition> {
  const { database: db, redis, cacheRedis } = connections
  const responseCache = createResponseCache(log, clock?.now)
  const cache = createCache({ redis: cacheRedis, invalidateResponses: responseCache.invalidate, ...clock })
  const revocations = createRevocations({
    ...connections,
    maxAgeSeconds: config.revocationMaxAgeSeconds,
    ...clock,
  })
  const guards = {
    verifyAccessToken: createVerifyAccessToken(config.accessToken, watchKeySet(config.keySet), revocations),
    limitOf: createAccountLimits(redis, limits, config.accountLimits),
  }
  const dependencies: Dependencies = {
    db,
    profileCache: createProfileCache(cache),
    usernameHoldDays: config.usernameHoldDays,
  }

  const app = createBaseApp({ ...config, log })
  // Literal paths precede /profile/{username}: nobody can have their names as a username.
  systemRoutes(app, guards, { name: 'profile', version: config.version, connections })
  followRoutes(app, guards, dependencies, createCursors(config.cursorSecret))
  profileRoutes(app, guards, dependencies, createCallerOf(config.trustedProxies))
  refuseOtherMethods(app)

  return {
    app,
    fetch: responseCache.wrap(app.fetch),
    closeRedis: () => closeRedis(connections),
    closePostgres: db.close,
  }
}
