/**
 * The rights of a Redis user, as an ACL selector: key patterns, and the commands allowed on them and on nothing else.
 * `%R~` allows reading, `%W~` writing, `~` both. https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export type AclSelector = `(${string})`

export function allow(keys: readonly string[], commands: readonly string[]): AclSelector {
  return `(${[...keys, ...commands.map(command => `+${command}`)].join(' ')})`
}

/** The rate limits of these names, as in limiter.ts. */
export const countLimits = (names: readonly string[]): AclSelector =>
  allow(
    names.map(name => `~iod:limit:${name}:*`),
    ['incr', 'expire'],
  )

/** Cache entries whose keys begin with `prefix`, stored under tags of these patterns, as in cache-store.ts. */
export const cacheEntries = (prefix: string, tags: readonly string[]): AclSelector =>
  allow([`~iod:cache:${prefix}:*`, ...tags.map(tag => `~iod:tag:${tag}`)], ['mget', 'set'])

/** Invalidates cache entries of other functions, stored under tags of these patterns, and cannot read them. */
export const invalidateTags = (tags: readonly string[]): AclSelector =>
  allow(
    tags.map(tag => `%W~iod:tag:${tag}`),
    ['set'],
  )

/** Learns which sessions have ended, as every function does (revocations.ts). */
export const readRevocations = allow(['%R~iod:revocations'], ['zrangebyscore'])

/** Ends sessions for every function. */
export const announceRevocations = allow(
  ['~iod:revocations'],
  ['zadd', 'zremrangebyscore', 'pexpire', 'zrangebyscore'],
)
