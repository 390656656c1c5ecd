import { privateNetworks, type TrustedProxies, toNetworks } from '../trusted-proxies.ts'

/** Proxies in private networks, as where nothing is configured. */
export function trustedProxies(hops: number, cidrs: readonly string[] = privateNetworks): TrustedProxies {
  const networks = toNetworks(cidrs)
  if (networks === undefined) throw new Error(`no networks: ${cidrs}`)
  return { hops, networks }
}
