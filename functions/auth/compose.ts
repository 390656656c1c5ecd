import { hkdfSync } from 'node:crypto'
import { createVerifyAccessToken } from '../shared/access-token.ts'
import { createBackground } from '../shared/background.ts'
import { type Connections, closeRedis } from '../shared/connections.ts'
import { accountLimits } from '../shared/http/account-limits.ts'
import { authenticate } from '../shared/http/authenticate.ts'
import { createBaseApp, refuseOtherMethods } from '../shared/http/base-app.ts'
import { createCallerOf } from '../shared/http/caller.ts'
import type { HttpApp } from '../shared/http/context.ts'
import { createCursors } from '../shared/http/cursor.ts'
import { health } from '../shared/http/health.ts'
import { serveOpenApi } from '../shared/http/openapi.ts'
import { byClientAddress, rateLimit } from '../shared/http/rate-limit.ts'
import type { Composition } from '../shared/http/serve.ts'
import { watchKeySet, watchSigningKey } from '../shared/key-set.ts'
import type { Log } from '../shared/log.ts'
import { createCache } from '../shared/redis/cache.ts'
import { createLimiter } from '../shared/redis/limiter.ts'
import { createRevocations, type Revocations } from '../shared/revocations.ts'
import { accountRoutes } from './accounts/routes.ts'
import type { Config } from './config.ts'
import type { Dependencies } from './dependencies.ts'
import { createEmailSender } from './emails/email-sender.ts'
import { createOutbox } from './emails/outbox.ts'
import { emailRoutes } from './emails/routes.ts'
import { limits } from './limits.ts'
import { startMaintenance } from './maintenance/maintenance.ts'
import { moderationRoutes } from './moderation/routes.ts'
import { createPasswordHasher } from './passwords/password-hasher.ts'
import { passwordRoutes } from './passwords/routes.ts'
import type { RouteTools } from './route-tools.ts'
import { sessionRoutes } from './sessions/routes.ts'
import { createSignAccessToken } from './sessions/sign-access-token.ts'
import { createDeviceTokens } from './sign-in/device-tokens.ts'
import { signInRoutes } from './sign-in/routes.ts'
import { createThrottleSchedule } from './sign-in/throttle.ts'

/** Next to the bundle in an image; in the folder of passwords when run from source. */
const workerFile = new URL(
  import.meta.filename.endsWith('.ts') ? 'passwords/password-worker.ts' : 'password-worker.cjs',
  import.meta.url,
)

export async function compose(config: Config, log: Log, connections: Connections): Promise<Composition> {
  const revocations = createRevocations({ ...connections, maxAgeSeconds: config.revocationMaxAgeSeconds })
  const dependencies = composeDependencies(config, log, connections, revocations)
  const { db, background, outbox, passwordHasher } = dependencies
  const app = composeApp(
    config,
    log,
    connections,
    dependencies,
    composeTools(config, connections, revocations),
  )
  const maintenance = startMaintenance(dependencies)

  return {
    app,
    fetch: app.fetch,
    closeRedis: async () => {
      maintenance.stop()
      outbox?.close()
      await background.settled()
      await closeRedis(connections)
    },
    closePostgres: async () => {
      await passwordHasher.close()
      await db.close()
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
  const { mail } = config
  const background = createBackground(log)
  return {
    db,
    redis,
    revocations,
    background,
    cache: createCache({ redis: cacheRedis }),
    outbox:
      mail &&
      createOutbox({ db, sendEmail: createEmailSender(mail), linkUrl: mail.linkUrl, background, log }),
    passwordHasher: createPasswordHasher({
      pepper: config.passwordPepper,
      cost: config.passwordCost,
      workerFile,
    }),
    minPasswordLength: config.passwordMinLength,
    throttleSchedule: createThrottleSchedule(config.signInThrottle),
    deviceTokens: createDeviceTokens(deriveKey(config, 'device-tokens')),
    sessionTerms: config.session,
    signAccessToken: createSignAccessToken(config.accessToken, watchSigningKey(config.signingKeys)),
    successorKey: deriveKey(config, 'refresh-token-successor'),
    usernameHoldDays: config.usernameHoldDays,
  }
}

function composeTools(config: Config, { redis }: Connections, revocations: Revocations): RouteTools {
  const keySet = watchKeySet(config.signingKeys)
  const perMinute = (name: string, limit: number) =>
    rateLimit(
      createLimiter(redis, { name, limit, windowSeconds: 60 }),
      byClientAddress(config.trustedProxies),
    )
  return {
    keySet,
    cursors: createCursors(deriveKey(config, 'cursors')),
    callerOf: createCallerOf(config.trustedProxies),
    authenticate: authenticate(createVerifyAccessToken(config.accessToken, keySet, revocations)),
    limitSignIn: perMinute('sign-in', config.signInLimitPerMinute),
    // A refresh token cannot be guessed, and many people may share one address.
    limitRefresh: perMinute('refresh', config.signInLimitPerMinute * 10),
    limitExport: accountLimits(redis, limits, true)('export-account'),
  }
}

function composeApp(
  config: Config,
  log: Log,
  connections: Connections,
  dependencies: Dependencies,
  tools: RouteTools,
): HttpApp {
  const app = createBaseApp({ ...config, log })
  app.get('/auth/health', health(config.version, connections))
  app.get('/auth/openapi.json', serveOpenApi)
  signInRoutes(app, dependencies, tools)
  sessionRoutes(app, dependencies, tools)
  accountRoutes(app, dependencies, tools)
  passwordRoutes(app, dependencies, tools)
  emailRoutes(app, dependencies, tools)
  moderationRoutes(app, dependencies, tools)
  refuseOtherMethods(app)
  return app
}
