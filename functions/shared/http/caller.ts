import type { Caller } from '../caller.ts'
import { clientAddress } from './client-address.ts'
import type { HttpContext } from './context.ts'

export type CallerOf = (c: HttpContext) => Caller

/** What sessions and events are listed under: the client's own word is cut to a length that can do no harm. */
export const createCallerOf =
  (trustedProxyHops: number): CallerOf =>
  c => ({
    address: clientAddress(c, trustedProxyHops),
    client: (c.req.header('user-agent') ?? 'unknown').slice(0, 200),
  })
