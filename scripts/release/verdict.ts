// Whether a new revision is as good as the old one, from what queue-proxy counted of both.
import { quantile, type Requests } from '../cluster/requests.ts'

export interface Limits {
  /** No verdict on fewer requests: of 100 with 5 % failing, 5 are seen. */
  readonly minRequests: number
  /** More of the candidate's requests may fail than of the stable one's by at most this share. */
  readonly maxErrorIncrease: number
  /**
   * The candidate's p99 may be at most this many times the stable one's, and anything below `slowSeconds`. Wide, because
   * of 100 requests the p99 is the second slowest.
   */
  readonly maxSlowdown: number
  readonly slowSeconds: number
}

export const defaultLimits: Limits = {
  minRequests: 100,
  maxErrorIncrease: 0.01,
  maxSlowdown: 2,
  slowSeconds: 0.03,
}

export type Verdict =
  | { readonly kind: 'good' }
  | { readonly kind: 'bad'; readonly because: string }
  | { readonly kind: 'undecided' }

const errorShare = ({ count, failed }: Requests) => (count === 0 ? 0 : failed / count)
const percent = (share: number) => `${(share * 100).toFixed(1)} %`
const milliseconds = (seconds: number) => `${Math.round(seconds * 1_000)} ms`

/** Both revisions' requests since the share was given, and those since the new pods have settled. */
export interface Comparison {
  readonly stable: Requests
  readonly candidate: Requests
  readonly settled: { readonly stable: Requests; readonly candidate: Requests }
}

/**
 * Bad as soon as it is certain, good only after enough requests. Failures count from the first request, durations only
 * once the candidate has settled: the first answers of any new process are slow.
 */
export function judge({ stable, candidate, settled }: Comparison, limits: Limits = defaultLimits): Verdict {
  const allowed = errorShare(stable) + limits.maxErrorIncrease
  // So many failures stay too many even if everything up to the smallest sample goes well.
  if (candidate.failed > Math.max(2, allowed * Math.max(candidate.count, limits.minRequests))) {
    const because = `${candidate.failed} of ${candidate.count} requests failed (${percent(errorShare(candidate))}), of the stable revision's ${percent(errorShare(stable))}`
    return { kind: 'bad', because }
  }
  if (settled.candidate.count < limits.minRequests) return { kind: 'undecided' }
  const slow = quantile(0.99, settled.candidate) ?? 0
  const usual = quantile(0.99, settled.stable)
  if (usual !== undefined && slow > limits.slowSeconds && slow > usual * limits.maxSlowdown)
    return {
      kind: 'bad',
      because: `its p99 is ${milliseconds(slow)}, the stable revision's ${milliseconds(usual)}`,
    }
  return { kind: 'good' }
}

export function describe(requests: Requests): string {
  const p99 = quantile(0.99, requests)
  return `${requests.count} requests, ${percent(errorShare(requests))} failed, p99 ${p99 === undefined ? '–' : milliseconds(p99)}`
}
