// What queue-proxy counted: requests, failures and durations, by pod. Counters only grow until their pod ends, so a
// difference of two readings says what happened between them.
import { parseSamples } from './prometheus-text.ts'

export interface Requests {
  readonly count: number
  /** Answers of 5xx. */
  readonly failed: number
  /** How many took at most this many seconds, by the bucket's bound; the last bound is Infinity. */
  readonly buckets: ReadonlyMap<number, number>
}

export const noRequests: Requests = { count: 0, failed: 0, buckets: new Map() }

const metric = 'http_server_request_duration_seconds'
const names: ReadonlySet<string> = new Set([`${metric}_count`, `${metric}_bucket`])

/** The page of one queue-proxy (port 9091). */
export function readRequests(page: string): Requests {
  let count = 0
  let failed = 0
  const buckets = new Map<number, number>()
  for (const { name, labels, value } of parseSamples(page, names)) {
    if (name.endsWith('_count')) {
      count += value
      if (labels['http_response_status_code']?.startsWith('5')) failed += value
    } else {
      const bound = labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le'])
      buckets.set(bound, (buckets.get(bound) ?? 0) + value)
    }
  }
  return { count, failed, buckets }
}

function combine(a: Requests, b: Requests, change: (a: number, b: number) => number): Requests {
  const bounds = new Set([...a.buckets.keys(), ...b.buckets.keys()])
  const buckets = new Map(
    [...bounds]
      .sort((x, y) => x - y)
      .map(bound => [bound, change(a.buckets.get(bound) ?? 0, b.buckets.get(bound) ?? 0)]),
  )
  return { count: change(a.count, b.count), failed: change(a.failed, b.failed), buckets }
}

export const add = (a: Requests, b: Requests) => combine(a, b, (x, y) => x + y)

/** What `now` has more than `before`; a restarted counter counts from zero. */
export const since = (before: Requests, now: Requests): Requests =>
  now.count < before.count ? now : combine(now, before, (x, y) => Math.max(0, x - y))

/** The duration that this share of the requests stayed below, within its bucket by proportion; undefined without any. */
export function quantile(share: number, { buckets }: Requests): number | undefined {
  const bounds = [...buckets.keys()].sort((a, b) => a - b)
  const total = buckets.get(Number.POSITIVE_INFINITY) ?? 0
  if (total === 0) return undefined
  const rank = share * total
  let below = 0
  let lower = 0
  for (const bound of bounds) {
    const upTo = buckets.get(bound) ?? 0
    if (upTo >= rank) {
      if (bound === Number.POSITIVE_INFINITY) return lower
      return upTo === below ? bound : lower + ((rank - below) / (upTo - below)) * (bound - lower)
    }
    below = upTo
    lower = bound
  }
  return lower
}
