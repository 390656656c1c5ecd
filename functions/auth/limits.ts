import {
  createAccountLimits,
  createAddressLimit,
  type LimitRule,
  type RequestLimit,
} from '../shared/http/request-limits.ts'
import type { RedisClient } from '../shared/redis/client.ts'
import type { Config } from './config.ts'

/** Requests per account. */
export const accountLimits = {
  /** Each reads everything that the account has ever written. */
  'export-account': { limit: 10, windowSeconds: 3_600 },
} satisfies Readonly<Record<string, LimitRule>>

/** All limits; the function's Redis user may count these and no others. */
export const limitNames = ['sign-in', 'refresh', 'export-account'] as const
export type LimitName = (typeof limitNames)[number]

/** Returns the limits of the routes. Attempts at a password are also throttled: see sign-in/throttle.ts. */
export function createLimits(
  redis: RedisClient,
  { signInLimitPerMinute, trustedProxies }: Pick<Config, 'signInLimitPerMinute' | 'trustedProxies'>,
): (name: LimitName) => RequestLimit {
  const perMinute = (name: LimitName, limit: number) =>
    createAddressLimit(redis, { name, limit, windowSeconds: 60 }, trustedProxies)
  const limits: Readonly<Record<LimitName, RequestLimit>> = {
    'sign-in': perMinute('sign-in', signInLimitPerMinute),
    // A refresh token cannot be guessed, and many people may share one address.
    refresh: perMinute('refresh', signInLimitPerMinute * 10),
    'export-account': createAccountLimits(redis, accountLimits, true)('export-account'),
  }
  return name => limits[name]
}
