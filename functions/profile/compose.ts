import { createVerifyAccessToken } from '../shared/access-token.ts'
import { type Connections, closeRedis } from '../shared/connections.ts'
import { createCursors } from '../shared/http/cursor.ts'
import { createResponseCache } from '../shared/http/response-cache.ts'
import type { Composition } from '../shared/http/serve.ts'
import { watchKeySet } from '../shared/key-set.ts'
import type { Log } from '../shared/log.ts'
import { createCache } from '../shared/redis/cache.ts'
import { createRevocations } from '../shared/revocations.ts'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { createFollows } from './domain/follows.ts'
import { createProfiles } from './domain/profiles.ts'
import { createPublicProfiles } from './domain/public-profiles.ts'
import { createFollowStore } from './store/follows.ts'
import { createProfileStore } from './store/profiles.ts'

export async function compose(config: Config, log: Log, connections: Connections): Promise<Composition> {
  const { database, redis, cacheRedis } = connections
  const responseCache = createResponseCache(log)
  const publicProfiles = createPublicProfiles(
    createCache({ redis: cacheRedis, invalidateResponses: responseCache.invalidate }),
  )
  const profiles = createProfiles({
    publicProfiles,
    store: createProfileStore(database),
    usernameHoldDays: config.usernameHoldDays,
  })
  const app = createApp({
    config,
    log,
    profiles,
    follows: createFollows({ store: createFollowStore(database), publicProfiles, profiles }),
    cursors: createCursors(config.cursorSecret),
    verifyAccessToken: createVerifyAccessToken(
      config.accessToken,
      watchKeySet(config.keySet),
      createRevocations({ redis, database, maxAgeSeconds: config.revocationMaxAgeSeconds }),
    ),
    connections,
  })
  return {
    app,
    fetch: responseCache.wrap(app.fetch),
    closeRedis: () => closeRedis(connections),
    closePostgres: database.close,
  }
}
