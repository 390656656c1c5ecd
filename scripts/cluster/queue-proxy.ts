// Requests as queue-proxy counts them, by pod. Its counters only grow until the pod ends, so the difference of two
// readings shows what happened between them.
import { type Json, text } from '../manifests/json.ts'
import { nameOf } from './kubectl.ts'
import type { Api } from './tunnels.ts'

export interface Requests {
  readonly count: number
  /** Responses of 5xx. */
  readonly failed: number
  /** How many took at most this many seconds, by the bucket's bound; the last bound is Infinity. */
  readonly buckets: ReadonlyMap<number, number>
}

export const noRequests: Requests = { count: 0, failed: 0, buckets: new Map() }

const sample = /^http_server_request_duration_seconds_(count|bucket)\{(.*)\} (\S+)/gm
const labelOf = (labels: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(labels)?.[1]

/** Reads the page of one queue-proxy (port 9091) in Prometheus' text format. */
export function readRequests(page: string): Requests {
  let [count, failed] = [0, 0]
  const buckets = new Map<number, number>()
  for (const [, kind, labels = '', written] of page.matchAll(sample)) {
    const value = Number(written)
    if (kind === 'count') {
      count += value
      if (labelOf(labels, 'http_response_status_code')?.startsWith('5')) failed += value
    } else {
      const bound = Number(labelOf(labels, 'le')?.replace('+Inf', 'Infinity'))
      buckets.set(bound, (buckets.get(bound) ?? 0) + value)
    }
  }
  return { count, failed, buckets }
}

function combine(a: Requests, b: Requests, change: (a: number, b: number) => number): Requests {
  const bounds = [...new Set([...a.buckets.keys(), ...b.buckets.keys()])].sort((x, y) => x - y)
  return {
    count: change(a.count, b.count),
    failed: change(a.failed, b.failed),
    buckets: new Map(
      bounds.map(bound => [bound, change(a.buckets.get(bound) ?? 0, b.buckets.get(bound) ?? 0)]),
    ),
  }
}

export const add = (a: Requests, b: Requests) => combine(a, b, (x, y) => x + y)

/** What `now` counts beyond `before`; a restarted counter begins at zero. */
export const since = (before: Requests, now: Requests): Requests =>
  now.count < before.count ? now : combine(now, before, (x, y) => Math.max(0, x - y))

/** The duration in seconds that this share of the requests stays below, interpolated in its bucket; undefined without any. */
export function quantile(share: number, { buckets }: Requests): number | undefined {
  const total = buckets.get(Number.POSITIVE_INFINITY) ?? 0
  if (total === 0) return undefined
  const rank = share * total
  let [below, lower] = [0, 0]
  for (const [bound, upTo] of [...buckets].sort(([a], [b]) => a - b)) {
    if (upTo >= rank) {
      if (bound === Number.POSITIVE_INFINITY) return lower
      return upTo === below ? bound : lower + ((rank - below) / (upTo - below)) * (bound - lower)
    }
    below = upTo
    lower = bound
  }
  return lower
}

interface Reading {
  readonly atMs: number
  readonly requests: Requests
}

interface PodReadings {
  readonly revision: string
  /** Oldest first. */
  readings: Reading[]
}

export type Meter = ReturnType<typeof createMeter>

/**
 * Counts the requests of each revision from its first reading on, including those of pods that have ended. Readings older
 * than `keepMs` are dropped.
 */
export function createMeter(api: Api, namespace: string, keepMs = Number.POSITIVE_INFINITY) {
  const pods = new Map<string, PodReadings>()
  let lastMs: number | undefined

  async function readPod(pod: Json, atMs: number): Promise<void> {
    const name = nameOf(pod)
    const path = `/api/v1/namespaces/${namespace}/pods/${name}:9091/proxy/metrics`
    // A pod that starts or ends does not respond; its last reading still counts.
    const page = await api.text(path).catch(() => undefined)
    if (page === undefined) return
    const revision = text(pod, 'metadata', 'labels', 'serving.knative.dev/revision') ?? ''
    // All requests of a pod that appears later count; an earlier one has some from before.
    const start = lastMs === undefined ? [] : [{ atMs: lastMs, requests: noRequests }]
    const { readings } = pods.get(name) ?? { readings: start }
    pods.set(name, { revision, readings: [...readings, { atMs, requests: readRequests(page) }] })
  }

  return {
    /** Reads the queue-proxies of these pods once, through the API server, which wakes nothing. */
    async read(present: readonly Json[]): Promise<void> {
      const atMs = performance.now()
      await Promise.all(present.map(pod => readPod(pod, atMs)))
      lastMs = atMs
      for (const [name, pod] of pods) {
        while ((pod.readings[1]?.atMs ?? atMs) < atMs - keepMs) pod.readings.shift()
        if ((pod.readings.at(-1)?.atMs ?? 0) < atMs - keepMs) pods.delete(name)
      }
    },
    /** The requests of a revision since that time of `performance.now()`, or else since the first reading. */
    of(revision: string, sinceMs = Number.NEGATIVE_INFINITY): Requests {
      let sum = noRequests
      for (const pod of pods.values()) {
        const first = pod.readings.findLast(reading => reading.atMs <= sinceMs) ?? pod.readings[0]
        const last = pod.readings.at(-1)
        if (pod.revision === revision && first && last) sum = add(sum, since(first.requests, last.requests))
      }
      return sum
    },
  }
}
