import { hkdfSync } from 'node:crypto'
import { createVerifyAccessToken } from '../shared/access-token.ts'
import { createBackground } from '../shared/background.ts'
import { type Connections, closeRedis } from '../shared/connections.ts'
import { createCursors } from '../shared/http/cursor.ts'
import type { Assembly } from '../shared/http/serve.ts'
import { watchKeySet, watchSigningKey } from '../shared/key-set.ts'
import type { Log } from '../shared/log.ts'
import { createCache } from '../shared/redis/cache.ts'
import { createRevocations } from '../shared/revocations.ts'
import { createEventStore } from './accounts/event-queries.ts'
import { createExportStore } from './accounts/export-queries.ts'
import { createAccountStore } from './accounts/queries.ts'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { createDomain } from './domain.ts'
import { createMailSender } from './emails/email-sender.ts'
import { createOutbox } from './emails/outbox.ts'
import { createMailStore } from './emails/queries.ts'
import { clean } from './maintenance/queries.ts'
import { startChores } from './maintenance/schedule.ts'
import { createPasswordHasher } from './passwords/password-hasher.ts'
import { createSessionStore } from './sessions/queries.ts'
import { createSignAccessToken } from './sessions/tokens.ts'
import { createAttemptStore } from './sign-in/attempts.ts'
import { createDeviceTokens } from './sign-in/device-tokens.ts'
import { createSignTokens } from './sign-in/sign-in.ts'

/** Where the worker's code is: beside the bundle in an image, beside this file when run from source. */
const workerFile = new URL(
  import.meta.filename.endsWith('.ts') ? 'passwords/password-worker.ts' : 'password-worker.cjs',
  import.meta.url,
)

export async function assemble(config: Config, log: Log, connections: Connections): Promise<Assembly> {
  const { database, redis } = connections
  const background = createBackground(log)
  const keySet = watchKeySet(config.signingKeys)
  const revocations = createRevocations({ ...connections, maxAgeSeconds: config.revocationMaxAgeSeconds })
  const signAccessToken = createSignAccessToken(config.accessToken, watchSigningKey(config.signingKeys))
  const key = (purpose: string) => Buffer.from(hkdfSync('sha256', config.passwordPepper, '', purpose, 32))
  const hasher = createPasswordHasher({
    pepper: config.passwordPepper,
    cost: config.passwordCost,
    workerFile,
  })
  const accounts = createAccountStore(database)
  const mails = createMailStore(database)
  const outbox =
    config.mail &&
    createOutbox({
      mails,
      accounts,
      send: createMailSender(config.mail),
      linkUrl: config.mail.linkUrl,
      background,
      log,
    })
  const domain = createDomain({
    database,
    accounts,
    mails,
    outbox,
    hasher,
    revocations,
    cache: createCache({ redis: connections.cacheRedis }),
    background,
    sessions: createSessionStore(database, config.session),
    attempts: createAttemptStore(redis, database),
    events: createEventStore(database),
    exports: createExportStore(database),
    signTokens: createSignTokens(signAccessToken),
    successorKey: key('refresh-token-successor'),
    minLength: config.passwordMinLength,
    devices: createDeviceTokens(key('device-tokens')),
  })
  const app = createApp({
    config,
    log,
    domain,
    keySet,
    cursors: createCursors(key('cursors')),
    verifyAccessToken: createVerifyAccessToken(config.accessToken, keySet, revocations),
    connections,
  })
  const chores = startChores({
    outbox,
    clean: async () => {
      await clean(database)
      await accounts.finishErasures()
    },
    background,
  })

  return {
    app,
    fetch: app.fetch,
    closeRedis: async () => {
      chores.stop()
      outbox?.close()
      await background.settled()
      await closeRedis(connections)
    },
    closePostgres: async () => {
      await hasher.close()
      await database.close()
    },
  }
}
