import { createVerifyAccessToken } from '../../../functions/shared/access-token.ts'
import { type Connections, closeRedis } from '../../../functions/shared/connections.ts'
import { createBaseApp, refuseOtherMethods } from '../../../functions/shared/http/base-app.ts'
import { createAccountLimits } from '../../../functions/shared/http/request-limits.ts'
import type { Composition } from '../../../functions/shared/http/serve.ts'
import { systemRoutes } from '../../../functions/shared/http/system-routes.ts'
import { watchKeySet } from '../../../functions/shared/key-set.ts'
import type { Log } from '../../../functions/shared/log.ts'
import { createRevocations } from '../../../functions/shared/revocations.ts'
import type { Config } from './config.ts'
import { itemRoutes } from './items/routes.ts'

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
  const { database: db, redis } = connections
  const revocations = createRevocations({
    ...connections,
    maxAgeSeconds: config.revocationMaxAgeSeconds,
    ...clock,
  })
  const guards = {
    verifyAccessToken: createVerifyAccessToken(config.accessToken, watchKeySet(config.keySet), revocations),
    limitOf: createAccountLimits(redis, {}, true),
  }
  const app = createBaseApp({ ...config, log })
  systemRoutes(app, guards, { name: 'sample', version: config.version, connections })
  itemRoutes(app, guards, { db })
  refuseOtherMethods(app)
  return {
    app,
    fetch: app.fetch,
    closeRedis: () => closeRedis(connections),
    closePostgres: db.close,
  }
}
