/** What the password hasher asks of its worker thread. */
export type PasswordJob =
  | { readonly kind: 'hash'; readonly input: string; readonly cost: number }
  | { readonly kind: 'compare'; readonly input: string; readonly hash: string; readonly cost: number }

/** The work factor that is written in a bcrypt hash. */
export const costOf = (hash: string) => Number(hash.split('$')[2])

/** A hash that no password has: 53 characters after the prefix, in bcrypt's alphabet. */
export const unmatchableHash = (cost: number) => `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`
