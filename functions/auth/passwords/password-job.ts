/** A message from the password hasher to its worker thread. */
export type PasswordJob =
  | { readonly kind: 'hash'; readonly input: string; readonly cost: number }
  | { readonly kind: 'compare'; readonly input: string; readonly hash: string; readonly cost: number }

/** Returns the work factor encoded in a bcrypt hash. */
export const costOf = (hash: string) => Number(hash.split('$')[2])

/** Returns a hash that no password matches: 53 characters of bcrypt's alphabet after the prefix. */
export const unmatchableHash = (cost: number) => `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`
