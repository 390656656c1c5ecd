import { BlockList } from 'node:net'

/** RFC 1918, 6598 (carriers and some clusters), 4193, loopback and link-local: where a cluster's own proxies are. */
export const privateNetworks: readonly string[] = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['fc00::/7', 'fe80::/10', '::1/128'],
]

export interface TrustedProxies {
  /** How many entries of `X-Forwarded-For`, from the right, our own proxies wrote at most. */
  readonly hops: number
  /** The networks of those proxies: entries that others have written are ignored. */
  readonly networks: BlockList
}

/**
 * The networks in CIDR notation; undefined where one is none. Not by `isIP`: its expression for IPv6 takes 5 ms to
 * compile, in each start.
 */
export function toNetworks(cidrs: readonly string[]): BlockList | undefined {
  const networks = new BlockList()
  for (const cidr of cidrs) {
    const [address = '', prefix = '', ...rest] = cidr.split('/')
    if (rest.length > 0 || !/^\d{1,3}$/.test(prefix)) return undefined
    try {
      networks.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4')
    } catch {
      return undefined
    }
  }
  return networks
}
