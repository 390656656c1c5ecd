import { hkdfSync } from 'node:crypto'
import { createVerifyAccessToken } from '../shared/access-token.ts'
import { createBackground } from '../shared/background.ts'
import { type Connections, closeRedis } from '../shared/connections.ts'
import { createBaseApp, refuseOtherMethods } from '../shared/http/base-app.ts'
import { createCallerOf } from '../shared/http/caller.ts'
import type { HttpApp } from '../shared/http/context.ts'
import { createCursors } from '../shared/http/cursor.ts'
import type { Guards } from '../shared/http/route.ts'
import type { Composition } from '../shared/http/serve.ts'
import { systemRoutes } from '../shared/http/system-routes.ts'
import { type KeySet, watchKeySet, watchSigningKey } from '../shared/key-set.ts'
import type { Log } from '../shared/log.ts'
import { createCache } from '../shared/redis/cache.ts'
import { createRevocations, type Revocations } from '../shared/revocations.ts'
import { createOpenExports } from './accounts/open-exports.ts'
import { accountRoutes } from './accounts/routes.ts'
import type { Config } from './config.ts'
import type { Dependencies } from './dependencies.ts'
import { createEmailSender } from './emails/email-sender.ts'
import { createOutbox } from './emails/outbox.ts'
import { emailRoutes } from './emails/routes.ts'
import { createLimits, type LimitName } from './limits.ts'
import { startMaintenance } from './maintenance/maintenance.ts'
import { moderationRoutes } from './moderation/routes.ts'
import { createPasswordHasher } from './passwords/password-hasher.ts'
import { passwordRoutes } from './passwords/routes.ts'
import { sessionRoutes } from './sessions/routes.ts'
import { createSignAccessToken } from './sessions/sign-access-token.ts'
import { tokenRoutes } from './sessions/token-routes.ts'
import { createDeviceTokens } from './sign-in/device-tokens.ts'
import { signInRoutes } from './sign-in/routes.ts'

/** Next to the bundle in an image; in the folder of passwords when run from source. */
const workerFile = new URL(
  import.meta.filename.endsWith('.ts') ? 'passwords/password-worker.ts' : 'password-worker.cjs',
  import.meta.url,
)

export async function compose(config: Config, log: Log, connections: Connections): Promise<Composition> {
  const revocations = createRevocations({ ...connections, maxAgeSeconds: config.revocationMaxAgeSeconds })
  const keySet = watchKeySet(config.signingKeys)
  const dependencies = composeDependencies(config, log, connections, revocations)
  const app = createBaseApp({ ...config, log })
  const guards = {
    verifyAccessToken: createVerifyAccessToken(config.accessToken, keySet, revocations),
    limitOf: createLimits(connections.redis, config),
  }
  systemRoutes(app, guards, { name: 'auth', version: config.version, connections })
  mountRoutes(app, guards, { config, dependencies, keySet, log })
  refuseOtherMethods(app)
  const maintenance = startMaintenance(dependencies)
  // On another core while Postgres connects and the pod waits for its address.
  dependencies.passwordHasher.warm()

  return {
    app,
    fetch: app.fetch,
    closeRedis: async () => {
      maintenance.stop()
      dependencies.outbox?.close()
      await dependencies.background.settled()
      await closeRedis(connections)
    },
    closePostgres: async () => {
      await dependencies.passwordHasher.close()
      await dependencies.db.close()
    },
  }
}

/** Derives a key for one purpose, so that there is one secret to keep and rotate. */
const deriveKey = ({ passwordPepper }: Config, purpose: string) =>
  Buffer.from(hkdfSync('sha256', passwordPepper, '', purpose, 32))

function composeDependencies(
  config: Config,
  log: Log,
  { database: db, redis, cacheRedis }: Connections,
  revocations: Revocations,
): Dependencies {
  const { email } = config
  const background = createBackground(log)
  return {
    db,
    redis,
    revocations,
    background,
    cache: createCache({ redis: cacheRedis }),
    outbox:
      email &&
      createOutbox({ db, sendEmail: createEmailSender(email), linkUrl: email.linkUrl, background, log }),
    openExports: createOpenExports(),
    passwordHasher: createPasswordHasher({
      pepper: config.passwordPepper,
      cost: config.passwordCost,
      workerFile,
    }),
    minPasswordLength: config.passwordMinLength,
    throttleSettings: config.signInThrottle,
    deviceTokens: createDeviceTokens(deriveKey(config, 'device-tokens')),
    sessionTerms: config.session,
    signAccessToken: createSignAccessToken(config.accessToken, watchSigningKey(config.signingKeys)),
    successorKey: deriveKey(config, 'refresh-token-successor'),
    usernameHoldDays: config.usernameHoldDays,
  }
}

interface RouteParts {
  readonly config: Config
  readonly dependencies: Dependencies
  readonly keySet: KeySet
  readonly log: Log
}

function mountRoutes(
  app: HttpApp,
  guards: Guards<LimitName>,
  { config, dependencies, keySet, log }: RouteParts,
): void {
  const callerOf = createCallerOf(config.trustedProxies)
  const cursors = createCursors(deriveKey(config, 'cursors'))
  signInRoutes(app, guards, { dependencies, callerOf })
  tokenRoutes(app, guards, { dependencies, keySet, callerOf })
  sessionRoutes(app, guards, { dependencies, cursors, callerOf })
  accountRoutes(app, guards, { dependencies, cursors, callerOf, log })
  passwordRoutes(app, guards, { dependencies, callerOf })
  emailRoutes(app, guards, { dependencies, callerOf })
  moderationRoutes(app, guards, dependencies)
}
