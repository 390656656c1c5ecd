import { isIPv4 } from 'node:net'
import type { TrustedProxies } from '../trusted-proxies.ts'
import type { HttpContext } from './context.ts'

const unknownAddress = 'unknown'

/**
 * Who is calling, as far as our own proxies can be believed: each of them appended to `X-Forwarded-For` the address it was
 * called from, and what is further left anyone can have written. Ends at the first address that is none of theirs, since
 * Knative's activator is one of the proxies only part of the time.
 */
export function clientAddress(c: HttpContext, { hops, networks }: TrustedProxies): string {
  const isProxy = (address: string) =>
    address === unknownAddress || networks.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
  // Of a header of 16 kB only the end can matter.
  const forwarded = (c.req.header('x-forwarded-for') ?? '').slice(-1_024).split(',')
  let address = normalize(c.env?.incoming?.socket.remoteAddress ?? '') ?? unknownAddress
  for (let hop = 0; hop < hops && isProxy(address); hop += 1) {
    const next = normalize(forwarded.at(-1 - hop)?.trim() ?? '')
    if (next === undefined) break
    address = next
  }
  return address
}

/**
 * One spelling for each address: without the port that some proxies add, IPv4 also where it came mapped into IPv6, IPv6
 * compressed and without a zone. Not by `isIPv6`: its expression takes 5 ms to compile, in the first request of each pod.
 */
function normalize(text: string): string | undefined {
  const address = (
    /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d{1,5}$/, '$1')
  ).replace(/%.*$/s, '')
  if (isIPv4(address)) return address
  const url = `http://[${address}]`
  if (!/^[\da-f:.]+$/i.test(address) || !URL.canParse(url)) return undefined
  const compressed = new URL(url).hostname.slice(1, -1)
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(compressed)
  if (mapped === null) return compressed
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
