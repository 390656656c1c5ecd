import { BlockList, isIP } from 'node:net'
import type { HttpContext } from './context.ts'

/** RFC 1918, 6598 (carriers and some clusters), 4193, loopback and link-local: where a cluster's own proxies are. */
const privateNetworks = new BlockList()
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['fc00::', 7],
  ['fe80::', 10],
  ['::1', 128],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv6')
}

const isPrivate = (address: string) => privateNetworks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

const unknownAddress = 'unknown'

/**
 * Who is calling, as far as the nearest `trustedProxyHops` proxies can be believed: each of them appended to
 * `X-Forwarded-For` the address it was called from, and what is further left anyone can have written.
 * Ends early at a public address, since Knative's activator is one of the proxies only part of the time.
 */
export function clientAddress(c: HttpContext, trustedProxyHops: number): string {
  const forwarded = (c.req.header('x-forwarded-for') ?? '').split(',').map(entry => entry.trim())
  let address = normalize(c.env?.incoming?.socket.remoteAddress ?? '') ?? unknownAddress
  for (let hop = 0; hop < trustedProxyHops; hop += 1) {
    const next = normalize(forwarded.at(-1 - hop) ?? '')
    if (next === undefined) break
    address = next
    if (!isPrivate(next)) break
  }
  return address
}

/** What a limit is kept for: an IPv4 address, or the /64 network that one IPv6 customer has to himself. */
export function addressGroup(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const tailGroups = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - groups.length - tailGroups.length
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...tailGroups]
  return `${all.slice(0, 4).join(':')}::/64`
}

/** One spelling for each address: IPv4 also where it came mapped into IPv6, IPv6 compressed and without a zone. */
function normalize(text: string): string | undefined {
  const address = text.replace(/%.*$/, '')
  if (isIP(address) === 4) return address
  if (isIP(address) !== 6) return undefined
  const compressed = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(compressed)
  if (mapped === null) return compressed
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
