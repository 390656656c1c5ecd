import type { AccountLimit } from '../shared/http/account-limits.ts'

/** What one account may do. Guesses of passwords, domain/passwords.ts bounds. */
export const limits = {
  /** Each reads all that the account has ever written. */
  'export-account': { limit: 10, windowSeconds: 3_600 },
} satisfies Readonly<Record<string, AccountLimit>>
