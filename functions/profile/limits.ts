import type { LimitRule } from '../shared/http/request-limits.ts'

/** Requests per account, more than people make. Changes of a username have a bound of their own: change-own-profile.ts. */
export const limits = {
  'change-follows': { limit: 120, windowSeconds: 60 },
  'change-profile': { limit: 120, windowSeconds: 3_600 },
} satisfies Readonly<Record<string, LimitRule>>

export type LimitName = keyof typeof limits
