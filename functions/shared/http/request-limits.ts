import { addressGroup } from '../address-group.ts'
import type { RedisClient } from '../redis/client.ts'
import { createLimiter, type Limiter, type LimiterOptions } from '../redis/limiter.ts'
import type { TrustedProxies } from '../trusted-proxies.ts'
import { clientAddress } from './client-address.ts'
import type { HttpContext } from './context.ts'

/** The limit of a route: requests per window of one account, or of one address before anyone is known. */
export type RequestLimit =
  | { readonly per: 'account'; readonly limiter: Limiter }
  | { readonly per: 'address'; readonly limiter: Limiter; readonly addressOf: (c: HttpContext) => string }

export interface LimitRule {
  readonly limit: number
  readonly windowSeconds: number
}

/**
 * Returns the limits per account by name. Routes with a limit of the same name share its counts. The names are part of
 * the keys in Redis, so no two functions have the same.
 */
export function createAccountLimits<Name extends string>(
  redis: RedisClient,
  rules: Readonly<Record<Name, LimitRule>>,
  isOn: boolean,
): (name: Name) => RequestLimit {
  const limits = new Map<Name, RequestLimit>()
  return name => {
    const { limit, windowSeconds } = rules[name]
    const created = limits.get(name) ?? {
      per: 'account',
      limiter: createLimiter(redis, { name, limit: isOn ? limit : 0, windowSeconds }),
    }
    limits.set(name, created)
    return created
  }
}

/** Returns a limit per client address: of IPv6, per network (see `addressGroup`). */
export const createAddressLimit = (
  redis: RedisClient,
  options: LimiterOptions,
  proxies: TrustedProxies,
): RequestLimit => ({
  per: 'address',
  limiter: createLimiter(redis, options),
  addressOf: c => addressGroup(clientAddress(c, proxies)),
})
