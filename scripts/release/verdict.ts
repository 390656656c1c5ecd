// Whether a new revision is as good as the old one, from queue-proxy's counts of both.
import { quantile, type Requests } from '../cluster/queue-proxy.ts'

export const limits = {
  /** Fewer requests give no verdict: of 100 with 5 % failing, 5 are seen. */
  minRequests: 100,
  /** The candidate's share of failed requests may exceed the stable revision's by this much. */
  maxErrorIncrease: 0.01,
  /**
   * The candidate's p99 may be this many times the stable revision's, and is never too slow below `slowMs`. The bound is
   * wide, because the p99 of 100 requests is the second slowest of them.
   */
  maxSlowdown: 2,
  slowMs: 30,
}

export type Verdict =
  | { readonly kind: 'good' }
  | { readonly kind: 'bad'; readonly because: string }
  | { readonly kind: 'undecided' }

const errorShare = ({ count, failed }: Requests) => (count === 0 ? 0 : failed / count)
const percent = (share: number) => `${(share * 100).toFixed(1)} %`
const milliseconds = (seconds: number) => `${Math.round(seconds * 1_000)} ms`

/** Both revisions' requests since the change of the shares, and those since the new pods have settled. */
export interface Comparison {
  readonly stable: Requests
  readonly candidate: Requests
  readonly settled: { readonly stable: Requests; readonly candidate: Requests }
}

/**
 * Returns `bad` as soon as that is certain, `good` only after enough requests. Failures count from the first request,
 * durations once the candidate has settled, since the first responses of any new process are slow.
 */
export function judge({ stable, candidate, settled }: Comparison, slowMs = limits.slowMs): Verdict {
  const allowed = errorShare(stable) + limits.maxErrorIncrease
  // Too many even if every further request up to the smallest sample succeeds.
  if (candidate.failed > Math.max(2, allowed * Math.max(candidate.count, limits.minRequests))) {
    const because = `${candidate.failed} of ${candidate.count} requests failed (${percent(errorShare(candidate))}), of the stable revision's ${percent(errorShare(stable))}`
    return { kind: 'bad', because }
  }
  if (settled.candidate.count < limits.minRequests) return { kind: 'undecided' }
  const slow = quantile(0.99, settled.candidate) ?? 0
  const usual = quantile(0.99, settled.stable)
  if (usual !== undefined && slow > slowMs / 1_000 && slow > usual * limits.maxSlowdown)
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
