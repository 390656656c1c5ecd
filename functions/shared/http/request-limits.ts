import { addressGroup } from '../address-group.ts'
import { createCounter } from '../metrics.ts'
import type { RedisClient } from '../redis/client.ts'
import { createLimiter, type Limiter, type LimiterOptions, type Verdict } from '../redis/limiter.ts'
import type { TrustedProxies } from '../trusted-proxies.ts'
import { clientAddress } from './client-address.ts'
import type { HttpContext } from './context.ts'
import { Problem } from './problem.ts'

const refusals = createCounter('iod_limit_refusals_total', 'Requests refused with 429.')

/** The limit of a route: requests per window of one account, or of one address before the account is known. */
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

/** Counts one request of `subject` and sets the RateLimit header fields; throws 429 over the limit. */
export async function enforceLimit(c: HttpContext, limiter: Limiter, subject: string): Promise<void> {
  const verdict = await limiter.take(subject)
  if (verdict === undefined) return
  for (const [name, value] of Object.entries(headersOf(verdict))) c.header(name, value)
  if (verdict.allowed) return
  refusals.add()
  const { resetSeconds } = verdict
  throw new Problem('too_many_requests', `Too many requests: try again in ${resetSeconds} s.`, {
    headers: { 'retry-after': String(resetSeconds) },
  })
}

/** As in draft-ietf-httpapi-ratelimit-headers up to 07, which clients know; the reset is in seconds from now. */
const headersOf = ({ limit, remaining, resetSeconds }: Verdict) => ({
  'ratelimit-limit': String(limit),
  'ratelimit-remaining': String(remaining),
  'ratelimit-reset': String(resetSeconds),
})
