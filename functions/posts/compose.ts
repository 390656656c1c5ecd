import { createVerifyAccessToken } from '../shared/access-token.ts'
import { type Connections, closeRedis } from '../shared/connections.ts'
import { createCursors } from '../shared/http/cursor.ts'
import { createRecentAnswers } from '../shared/http/recent-answers.ts'
import type { Assembly } from '../shared/http/serve.ts'
import { watchKeySet } from '../shared/key-set.ts'
import type { Log } from '../shared/log.ts'
import { createRevocations } from '../shared/revocations.ts'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { createVerbs } from './verbs.ts'

export async function assemble(config: Config, log: Log, connections: Connections): Promise<Assembly> {
  const { database, redis } = connections
  const cursors = createCursors(config.cursorSecret)
  const recent = createRecentAnswers(log)
  const app = createApp({
    config,
    log,
    verbs: createVerbs({
      ...connections,
      seal: cursors.seal,
      publicUrl: config.publicUrl,
      forgetAnswers: recent.forget,
    }),
    cursors,
    verifyAccessToken: createVerifyAccessToken(
      config.accessToken,
      watchKeySet(config.keySet),
      createRevocations({ redis, database, maxAgeSeconds: config.revocationMaxAgeSeconds }),
    ),
    connections,
  })
  return {
    app,
    fetch: recent.before(app.fetch),
    closeRedis: () => closeRedis(connections),
    closePostgres: database.close,
  }
}
