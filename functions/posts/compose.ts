import { createVerifyAccessToken } from '../shared/access-token.ts'
import { type Connections, closeRedis } from '../shared/connections.ts'
import { createBaseApp, refuseOtherMethods } from '../shared/http/base-app.ts'
import type { HttpApp } from '../shared/http/context.ts'
import { createCursors } from '../shared/http/cursor.ts'
import { referencePage } from '../shared/http/reference-page.ts'
import { createAccountLimits } from '../shared/http/request-limits.ts'
import { createResponseCache } from '../shared/http/response-cache.ts'
import type { Composition } from '../shared/http/serve.ts'
import { systemRoutes } from '../shared/http/system-routes.ts'
import { watchKeySet } from '../shared/key-set.ts'
import type { Log } from '../shared/log.ts'
import { openDatabase } from '../shared/postgres/database.ts'
import { createReplicaReads } from '../shared/postgres/replica-reads.ts'
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
): Promise<Composition> {
  const { database: db, redis, cacheRedis } = connections
  const replica = await openReplica(config, log)
  const responseCache = createResponseCache(log, clock?.now)
  const cache = createCache({ redis: cacheRedis, invalidateResponses: responseCache.invalidate, ...clock })
  const cursors = createCursors(config.cursorSecret)
  const maintain = createMaintenance(db, log)
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
    readDb: replica === undefined ? db : createReplicaReads({ primary: db, replica }),
    postCache: createPostCache(cache, clock?.now),
    renderMarkdown: createMarkdownRenderer(),
    startMaintenance: () => void maintain(),
    encodeCursor: cursors.encodeCursor,
    siteUrl: config.publicUrl.replace(/\/$/, ''),
  }

  const app: HttpApp = createBaseApp({
    ...config,
    log,
    mountFirst: first => referencePage(first, log, config.publicUrl),
  })
  // Literal paths precede /posts/{slug}; slugs.ts reserves their names.
  systemRoutes(app, guards, { name: 'posts', version: config.version, connections })
  listRoutes(app, guards, dependencies, cursors)
  feedRoutes(app, guards, dependencies, cursors)
  tagRoutes(app, guards, dependencies, cursors)
  syndicationRoutes(app, guards, dependencies)
  favoriteRoutes(app, guards, dependencies)
  postRoutes(app, guards, dependencies)
  commentRoutes(app, guards, dependencies, cursors)
  refuseOtherMethods(app)

  return {
    app,
    fetch: responseCache.wrap(app.fetch),
    closeRedis: () => closeRedis(connections),
    closePostgres: async () => {
      await Promise.all([db.close(), replica?.close()])
    },
  }
}

/** Connects with the first read, so that a wake does not wait for it. */
const openReplica = async (
  { databaseReadUrl: url, databaseAuthority: authority, databasePoolSize: poolSize }: Config,
  log: Log,
) => (url === undefined ? undefined : openDatabase({ url, authority, poolSize, log }))
