import type { ApiProxy } from '../cluster/api-proxy.ts'
import { add, noRequests, quantile, type Requests, readRequests, since } from '../cluster/requests.ts'
import { type Json, text } from '../manifests/json.ts'
import type { Durations } from './snapshot.ts'

export interface Rates {
  readonly requestsPerSecond: number
  readonly errorShare: number
  readonly durationMs: Durations
}

interface Reading {
  readonly atMs: number
  readonly requests: Requests
}

/** Rates are over this long, or over what the monitor has seen so far when that is less. */
const windowMs = 60_000

/** Remembers the last minute of each queue-proxy, to tell rates and durations from counters. */
export function createRates(api: ApiProxy, namespace: string) {
  const readings = new Map<string, Reading[]>()

  async function readPod(pod: string, atMs: number): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}:9091/proxy/metrics`
    // A pod that is starting or ending does not answer.
    const page = await api.text(path).catch(() => undefined)
    if (page === undefined) return
    const known = readings.get(pod) ?? []
    known.push({ atMs, requests: readRequests(page) })
    while (known.length > 2 && atMs - (known[1]?.atMs ?? atMs) > windowMs) known.shift()
    readings.set(pod, known)
  }

  return {
    async read(pods: readonly Json[]): Promise<void> {
      const atMs = performance.now()
      const names = pods.map(pod => text(pod, 'metadata', 'name') ?? '')
      for (const gone of [...readings.keys()].filter(pod => !names.includes(pod))) readings.delete(gone)
      await Promise.all(names.map(name => readPod(name, atMs)))
    },

    of(pods: readonly Json[]): Rates {
      let requests = noRequests
      let perSecond = 0
      for (const pod of pods) {
        const known = readings.get(text(pod, 'metadata', 'name') ?? '') ?? []
        const [first, last] = [known[0], known.at(-1)]
        if (first === undefined || last === undefined) continue
        // A single reading has no before: its durations are those since the pod began, and its rate is unknown.
        const recent = first === last ? last.requests : since(first.requests, last.requests)
        requests = add(requests, recent)
        if (first !== last) perSecond += recent.count / ((last.atMs - first.atMs) / 1_000)
      }
      const milliseconds = (share: number) => {
        const seconds = quantile(share, requests)
        return seconds === undefined ? undefined : seconds * 1_000
      }
      return {
        requestsPerSecond: perSecond,
        errorShare: requests.count === 0 ? 0 : requests.failed / requests.count,
        durationMs: { p50: milliseconds(0.5), p95: milliseconds(0.95), p99: milliseconds(0.99) },
      }
    },
  }
}

export type RateReader = ReturnType<typeof createRates>
