import type { LimitRule } from '../shared/http/request-limits.ts'

/** What one account may do: more than people do. How often a username changes, domain/profiles.ts bounds. */
export const limits = {
  'change-follows': { limit: 120, windowSeconds: 60 },
  'change-profile': { limit: 120, windowSeconds: 3_600 },
} satisfies Readonly<Record<string, LimitRule>>

export type LimitName = keyof typeof limits
