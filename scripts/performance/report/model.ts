import type { Figure } from './table.ts'

/** Reached when `measured` is at most, or at least, `limit`. */
export interface Goal {
  readonly what: string
  readonly bound: 'at most' | 'at least'
  readonly limit: number
  readonly unit: string
  readonly measured: number
  /** Missing it is a failure of the command. */
  readonly isRequired?: boolean
}

export interface Section {
  readonly title: string
  /** How it was measured, in a sentence or two. */
  readonly how: string
  readonly goals: readonly Goal[]
  readonly figures: readonly Figure[]
  /** Every sample, for report.json. */
  readonly samples: unknown
}

export interface Report {
  readonly takenAt: string
  readonly commit: string
  readonly machine: Readonly<Record<string, string>>
  readonly sections: readonly (Section & { readonly part: string })[]
  readonly missing: readonly { readonly part: string; readonly why: string }[]
}

const goal =
  (bound: Goal['bound']) =>
  (limit: number, unit: string, what: string, measured: number): Goal => ({
    what,
    bound,
    limit,
    unit,
    measured,
  })
export const atMost = goal('at most')
export const atLeast = goal('at least')

export const isReached = ({ bound, limit, measured }: Goal) =>
  bound === 'at most' ? measured <= limit : measured >= limit
