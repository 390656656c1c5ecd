/** What the password hasher and its worker thread say to each other. */
export type PasswordJob =
  | { readonly kind: 'hash'; readonly input: string; readonly cost: number }
  | { readonly kind: 'compare'; readonly input: string; readonly hash: string; readonly cost: number }

export interface PasswordRequest {
  readonly id: number
  readonly job: PasswordJob
}

export type PasswordReply =
  | { readonly id: number; readonly result: string | boolean }
  | { readonly id: number; readonly error: string }

/** The work factor that is written in a bcrypt hash. */
export const costOf = (hash: string) => Number(hash.split('$')[2])

/** A hash that no password has: 53 characters after the prefix, in bcrypt's alphabet. */
export const unmatchableHash = (cost: number) => `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`
