import type { Summary } from '../samples.ts'

export interface Series {
  readonly name: string
  readonly samples: readonly number[]
}

/** One row per series: every sample as a dot, the median and p95 marked, the numbers beside it. */
export interface Distribution {
  readonly kind: 'distribution'
  readonly title: string
  readonly unit: string
  readonly series: readonly Series[]
}

/** Phases of one process after the other, each as long as its median. */
export interface Timeline {
  readonly kind: 'timeline'
  readonly title: string
  readonly rows: readonly {
    readonly name: string
    readonly phases: readonly { readonly name: string; readonly ms: number }[]
  }[]
}

export interface Curve {
  readonly kind: 'curve'
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly logarithmicX: boolean
  readonly lines: readonly {
    readonly name: string
    readonly points: readonly { readonly x: number; readonly y: number }[]
  }[]
}

export interface Table {
  readonly kind: 'table'
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

export type Figure = Distribution | Timeline | Curve | Table

/** Reached when `measured` is at most, or at least, `limit`. */
export interface Goal {
  readonly what: string
  readonly bound: 'at most' | 'at least'
  readonly limit: number
  readonly measured: number
  readonly unit: string
}

export interface Section {
  readonly part: string
  readonly title: string
  /** How it was measured, in a sentence or two. */
  readonly how: string
  readonly goals: readonly Goal[]
  readonly figures: readonly Figure[]
  /** What the figures were made from and do not show; in report.json only. */
  readonly samples?: Readonly<Record<string, unknown>>
}

export interface Report {
  readonly takenAt: string
  readonly commit: string
  readonly machine: Readonly<Record<string, string>>
  readonly sections: readonly Section[]
  readonly missing: readonly { readonly part: string; readonly why: string }[]
}

export const isReached = ({ bound, limit, measured }: Goal) =>
  bound === 'at most' ? measured <= limit : measured >= limit

export const summaryColumns = ['n', 'median', 'p95', 'p99', 'max'] as const

export const summaryCells = (summary: Summary) => [
  summary.n,
  ...[summary.p50, summary.p95, summary.p99, summary.max].map(formatNumber),
]

export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en')
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)
}
