import type { Caller } from '../caller.ts'
import type { TrustedProxies } from '../trusted-proxies.ts'
import { clientAddress } from './client-address.ts'
import type { HttpContext } from './context.ts'

export type CallerOf = (c: HttpContext) => Caller

const maxClientLength = 200
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads the client's address and User-Agent, cut to a harmless length, for sessions and security events. */
export const createCallerOf =
  (proxies: TrustedProxies): CallerOf =>
  c => ({ address: clientAddress(c, proxies), client: clientOf(c.req.header('user-agent')) })

/** Node reads header fields as Latin-1 (RFC 9110, 5.5); most values that are not ASCII were written as UTF-8. */
function clientOf(header: string | undefined): string {
  const text = decode(header ?? '')
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
  return [...text.slice(0, 2 * maxClientLength)].slice(0, maxClientLength).join('') || 'unknown'
}

function decode(header: string): string {
  try {
    return utf8.decode(Buffer.from(header, 'latin1'))
  } catch {
    return header
  }
}
