import type { Actor } from '../shared/access-token.ts'
import type { Background } from '../shared/background.ts'
import type { Database } from '../shared/postgres/database.ts'
import type { Cache } from '../shared/redis/cache.ts'
import type { RedisClient } from '../shared/redis/client.ts'
import type { Revocations } from '../shared/revocations.ts'
import type { OpenExports } from './accounts/open-exports.ts'
import type { Outbox } from './emails/outbox.ts'
import type { PasswordHasher } from './passwords/password-hasher.ts'
import type { SessionTerms } from './sessions/session-terms.ts'
import type { DeviceTokens } from './sign-in/device-tokens.ts'
import type { ThrottleSettings } from './sign-in/throttle-rule.ts'

/** Everything that compose.ts builds for the use cases; each use case takes only what it uses. */
export interface Dependencies {
  readonly db: Database
  /** Holds the attempts of the sign-in throttle. */
  readonly redis: RedisClient
  readonly cache: Pick<Cache, 'invalidate'>
  readonly revocations: Pick<Revocations, 'announce'>
  readonly background: Background
  /** Undefined where SMTP_URL is not set. */
  readonly outbox: Outbox | undefined
  readonly openExports: OpenExports
  readonly passwordHasher: PasswordHasher
  readonly minPasswordLength: number
  readonly throttleSettings: ThrottleSettings
  readonly deviceTokens: DeviceTokens
  readonly sessionTerms: SessionTerms
  readonly signAccessToken: (actor: Actor) => Promise<string>
  /** Derives the successor of a refresh token. */
  readonly successorKey: Buffer
  readonly usernameHoldDays: number
}
