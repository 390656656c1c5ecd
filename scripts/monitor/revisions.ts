import { isTrue, nameOf } from '../cluster/kubectl.ts'
import { type Meter, quantile } from '../cluster/queue-proxy.ts'
import type { Api } from '../cluster/tunnels.ts'
import { type Json, list, text } from '../manifests/json.ts'
import { readTraffic } from '../release/revisions.ts'
import { readUsage, usageOf } from './usage.ts'
import { wakesOf } from './wakes.ts'

/** Rates and durations are of this long, or of the time since the monitor's start when that is less. */
export const rateWindowMs = 60_000
const startMs = performance.now()

/** Reads the API server and, through it, kubelets and queue-proxies; sends no request to a function. */
export async function readRevisions(api: Api, namespace: string, meter: Meter) {
  const items = async (path: string) => list(await api.json(path), 'items')
  const serving = `/apis/serving.knative.dev/v1/namespaces/${namespace}`
  const [services, revisions, allPods, events, nodes] = await Promise.all([
    items(`${serving}/services`),
    items(`${serving}/revisions`),
    items(`/api/v1/namespaces/${namespace}/pods?labelSelector=serving.knative.dev%2Frevision`),
    items(`/api/v1/namespaces/${namespace}/events`),
    items('/api/v1/nodes'),
  ])
  const summaries = await Promise.all(
    nodes.map(node => api.json(`/api/v1/nodes/${nameOf(node)}/proxy/stats/summary`).catch(() => null)),
  )
  const usage = readUsage(summaries, namespace)
  await meter.read(allPods)
  const shares = new Map(services.flatMap(readTraffic).map(share => [share.revision, share.percent]))

  return revisions
    .map(revision => {
      const name = nameOf(revision)
      const pods = allPods.filter(pod => label(pod, 'revision') === name)
      const ready = pods.filter(pod => !isStopping(pod) && isTrue(pod, 'Ready'))
      return {
        function: label(revision, 'service') ?? '',
        revision: name,
        trafficPercent: shares.get(name) ?? 0,
        state: stateOf(pods, ready),
        pods: pods.length,
        readyPods: ready.length,
        ...ratesOf(meter, name),
        wakes: wakesOf(name, events, Date.now()),
        ...usageOf(pods, usage),
      }
    })
    .filter(one => one.trafficPercent > 0 || one.pods > 0)
    .sort((a, b) => a.revision.localeCompare(b.revision))
}

/** The durations are undefined without a request. */
function ratesOf(meter: Meter, revision: string) {
  const sinceMs = Math.max(startMs, performance.now() - rateWindowMs)
  const requests = meter.of(revision, sinceMs)
  const milliseconds = (share: number) => {
    const seconds = quantile(share, requests)
    return seconds === undefined ? undefined : seconds * 1_000
  }
  return {
    requestsPerSecond: (requests.count * 1_000) / (performance.now() - sinceMs),
    errorShare: requests.count === 0 ? 0 : requests.failed / requests.count,
    durationMs: { p50: milliseconds(0.5), p95: milliseconds(0.95), p99: milliseconds(0.99) },
  }
}

const label = (object: Json, name: string) =>
  text(object, 'metadata', 'labels', `serving.knative.dev/${name}`)

const isStopping = (pod: Json) => text(pod, 'metadata', 'deletionTimestamp') !== undefined

function stateOf(pods: readonly Json[], ready: readonly Json[]): 'zero' | 'waking' | 'ready' | 'stopping' {
  if (pods.length === 0) return 'zero'
  if (ready.length > 0) return 'ready'
  return pods.every(isStopping) ? 'stopping' : 'waking'
}
