import { createMiddleware } from 'hono/factory'
import { addressGroup } from '../address-group.ts'
import { createCounter } from '../metrics.ts'
import { Problem } from '../problems.ts'
import type { Limiter, Verdict } from '../redis/limiter.ts'
import type { TrustedProxies } from '../trusted-proxies.ts'
import { clientAddress } from './client-address.ts'
import type { HttpContext, HttpEnv } from './context.ts'

const refusals = createCounter('iod_limit_refusals_total', 'Requests refused with 429.')

/** Refuses with 429 whoever is over the limit; `subject` says who that is. Comes before the body is read. */
export const rateLimit = (limiter: Limiter, subject: (c: HttpContext) => string) =>
  createMiddleware<HttpEnv>(async function rateLimit(c, next) {
    await enforceLimit(c, limiter, subject(c))
    await next()
  })

/** Counts one request of `subject` and states what is left in the header fields; throws 429 over the limit. */
export async function enforceLimit(c: HttpContext, limiter: Limiter, subject: string): Promise<void> {
  const verdict = await limiter.take(subject)
  if (verdict === undefined) return
  // As in draft-ietf-httpapi-ratelimit-headers up to 07, which clients know; reset is in seconds from now.
  for (const [name, value] of Object.entries(headersOf(verdict))) c.header(name, value)
  if (verdict.allowed) return
  refusals.add()
  throw tooManyRequests(verdict.resetSeconds)
}

/** The subject of limits that hold before anyone is known. */
export const byClientAddress = (proxies: TrustedProxies) => (c: HttpContext) =>
  addressGroup(clientAddress(c, proxies))

const tooManyRequests = (retryAfterSeconds: number) =>
  new Problem('too_many_requests', `Too many requests: try again in ${retryAfterSeconds} s.`, {
    headers: { 'retry-after': String(retryAfterSeconds) },
  })

const headersOf = ({ limit, remaining, resetSeconds }: Verdict) => ({
  'ratelimit-limit': String(limit),
  'ratelimit-remaining': String(remaining),
  'ratelimit-reset': String(resetSeconds),
})
