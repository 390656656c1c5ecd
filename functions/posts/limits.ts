import type { AccountLimit } from '../shared/http/account-limits.ts'

const minute = 60
const hour = 3_600

/** What one account may do: more than people do, and enough to bring a blog along in an afternoon. */
export const limits = {
  'write-posts': { limit: 300, windowSeconds: hour },
  'change-posts': { limit: 1_200, windowSeconds: hour },
  'write-comments': { limit: 60, windowSeconds: minute },
  /** A moderator after an attack deletes more than anyone writes. */
  'delete-comments': { limit: 300, windowSeconds: minute },
  'set-favorites': { limit: 120, windowSeconds: minute },
} satisfies Readonly<Record<string, AccountLimit>>

export type LimitName = keyof typeof limits
