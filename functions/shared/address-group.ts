/** RFC 6052, 2.1: the last 32 bits are the IPv4 address of a client whose packets were translated. */
const translated = /^64:ff9b::(?:([\da-f]{1,4}):)?([\da-f]{1,4})$/

/**
 * The key of a rate limit: an IPv4 address, or the /64 network of an IPv6 one, the least that a customer is assigned. The
 * most is a /48 (RFC 6177). Behind NAT64 all IPv4 clients come from one such network.
 */
export function addressGroup(address: string, prefix: 48 | 64 = 64): string {
  if (!address.includes(':')) return address
  const ipv4 = translated.exec(address)
  if (ipv4 !== null) {
    const [high, low] = [Number.parseInt(ipv4[1] ?? '0', 16), Number.parseInt(ipv4[2] ?? '0', 16)]
    return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  }
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const tailGroups = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - groups.length - tailGroups.length
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...tailGroups]
  return `${all.slice(0, prefix / 16).join(':')}::/${prefix}`
}
