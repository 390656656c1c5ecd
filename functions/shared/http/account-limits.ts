import type { MiddlewareHandler } from 'hono'
import type { RedisClient } from '../redis/client.ts'
import { createLimiter } from '../redis/limiter.ts'
import { actorOf } from './authenticate.ts'
import type { HttpEnv } from './context.ts'
import { rateLimit } from './rate-limit.ts'

export interface AccountLimit {
  readonly limit: number
  readonly windowSeconds: number
}

/**
 * What one account may do, by name: a middleware for each, which stands behind `authenticate`. The names are part of the
 * keys in Redis, so no two functions have the same.
 */
export function accountLimits<Name extends string>(
  redis: RedisClient,
  limits: Readonly<Record<Name, AccountLimit>>,
  isOn: boolean,
): (name: Name) => MiddlewareHandler<HttpEnv> {
  return name => {
    const { limit, windowSeconds } = limits[name]
    const limiter = createLimiter(redis, { name, limit: isOn ? limit : 0, windowSeconds })
    return rateLimit(limiter, c => actorOf(c).accountId)
  }
}
