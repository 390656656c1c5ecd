import type { LimitRule } from '../shared/http/request-limits.ts'

const minute = 60
const hour = 3_600

/** Per account: more than people do, and enough to import a blog in an afternoon. */
export const limits = {
  'write-posts': { limit: 300, windowSeconds: hour },
  'change-posts': { limit: 1_200, windowSeconds: hour },
  'write-comments': { limit: 60, windowSeconds: minute },
  /** After an attack a moderator deletes more than anyone writes. */
  'delete-comments': { limit: 300, windowSeconds: minute },
  'set-favorites': { limit: 120, windowSeconds: minute },
} satisfies Readonly<Record<string, LimitRule>>

export type LimitName = keyof typeof limits
