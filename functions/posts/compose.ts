import { createVerifyAccessToken } from '../shared/access-token.ts'
import { type Connections, closeRedis } from '../shared/connections.ts'
import { accountLimits } from '../shared/http/account-limits.ts'
import { authenticate, authenticateOptionally } from '../shared/http/authenticate.ts'
import type { HttpApp } from '../shared/http/context.ts'
import { createCursors } from '../shared/http/cursor.ts'
import { createFrame, refuseOtherMethods } from '../shared/http/frame.ts'
import { health } from '../shared/http/health.ts'
import { serveOpenApi } from '../shared/http/openapi.ts'
import { createRecentAnswers } from '../shared/http/recent-answers.ts'
import type { Assembly } from '../shared/http/serve.ts'
import { watchKeySet } from '../shared/key-set.ts'
import type { Log } from '../shared/log.ts'
import { createCache } from '../shared/redis/cache.ts'
import { createRevocations } from '../shared/revocations.ts'
import { commentRoutes } from './comments/routes.ts'
import type { Config } from './config.ts'
import type { Dependencies } from './dependencies.ts'
import { favoriteRoutes } from './favorites/routes.ts'
import { feedRoutes } from './feed/routes.ts'
import { limits } from './limits.ts'
import { listRoutes } from './lists/routes.ts'
import { createMaintenance } from './maintenance/maintenance.ts'
import { createMarkdownRenderer } from './markdown/render-markdown.ts'
import { createPostCache } from './posts/post-cache.ts'
import { postRoutes } from './posts/routes.ts'
import { syndicationRoutes } from './syndication/routes.ts'
import { tagRoutes } from './tags/routes.ts'

/** Injected by tests; production uses the system's clock. */
export interface Clock {
  readonly now: () => number
}

/** The one wiring of the function: for production, development and tests. Opens no port. */
export async function compose(
  config: Config,
  log: Log,
  connections: Connections,
  clock?: Clock,
): Promise<Assembly> {
  const { database: db, redis, cacheRedis } = connections
  const responseCache = createRecentAnswers(log, clock?.now)
  const cache = createCache({ redis: cacheRedis, forgetAnswers: responseCache.forget, ...clock })
  const cursors = createCursors(config.cursorSecret)
  const maintain = createMaintenance(db)
  const verify = createVerifyAccessToken(
    config.accessToken,
    watchKeySet(config.keySet),
    createRevocations({ redis, database: db, maxAgeSeconds: config.revocationMaxAgeSeconds, ...clock }),
  )
  const guards = {
    required: authenticate(verify),
    optional: authenticateOptionally(verify),
    limit: accountLimits(redis, limits, config.accountLimits),
  }
  const dependencies: Dependencies = {
    db,
    postCache: createPostCache(cache, clock?.now),
    renderMarkdown: createMarkdownRenderer(),
    // A failed run is repeated by the next write.
    startMaintenance: () => void maintain().catch(() => undefined),
    encodeCursor: cursors.seal,
    siteUrl: config.publicUrl.replace(/\/$/, ''),
  }

  const app: HttpApp = createFrame({ ...config, log })
  // Literal paths precede /posts/{slug}; slugs.ts reserves their names.
  app.get('/posts/health', health(config.version, connections))
  app.get('/posts/openapi.json', serveOpenApi)
  listRoutes(app, dependencies, cursors, guards)
  feedRoutes(app, dependencies, cursors, guards)
  tagRoutes(app, dependencies, cursors, guards)
  syndicationRoutes(app, dependencies)
  favoriteRoutes(app, dependencies, guards)
  postRoutes(app, dependencies, guards)
  commentRoutes(app, dependencies, cursors, guards)
  refuseOtherMethods(app)

  return {
    app,
    fetch: responseCache.before(app.fetch),
    closeRedis: () => closeRedis(connections),
    closePostgres: db.close,
  }
}
