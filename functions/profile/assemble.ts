import { createVerifyAccessToken } from '../shared/access-token.ts'
import { openConnections } from '../shared/connections.ts'
import type { Assembly } from '../shared/http/serve.ts'
import { watchKeySet } from '../shared/key-set.ts'
import type { Log } from '../shared/log.ts'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { createProfiles } from './domain.ts'
import { createStore } from './store.ts'

export async function assemble(config: Config, log: Log): Promise<Assembly> {
  const connections = await openConnections(config, log)
  const profiles = createProfiles({ store: createStore(connections.database) })
  const verifyAccessToken = createVerifyAccessToken(config.accessToken, watchKeySet(config.keySetFile))
  return {
    app: createApp({ config, log, profiles, verifyAccessToken, connections }),
    closeRedis: connections.redis.close,
    closePostgres: connections.database.close,
  }
}
