import { isIPv4 } from 'node:net'
import type { TrustedProxies } from '../trusted-proxies.ts'
import type { HttpContext } from './context.ts'

const unknownAddress = 'unknown'

/**
 * Returns the address of the client as our own proxies report it: each appends the address that called it to
 * `X-Forwarded-For`, and anyone can have written what is further left. Stops at the first address outside their networks,
 * since Knative's activator is one of the proxies only part of the time.
 */
export function clientAddress(c: HttpContext, { hops, networks }: TrustedProxies): string {
  const isProxy = (address: string) =>
    address === unknownAddress || networks.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
  // Only the end of a header of up to 16 kB matters.
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
 * Returns one spelling per address: without a port, mapped IPv6 as IPv4, IPv6 compressed and without a zone. `isIPv6` is
 * avoided: its regular expression takes 5 ms to compile, in the first request of each pod.
 */
function normalize(text: string): string | undefined {
  const address = (
    /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1] ??
    text.replace(/^((?:[\da-f:]*:)?(?:\d+\.){3}\d+):\d{1,5}$/i, '$1')
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
