import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiProxy } from '../cluster/api-proxy.ts'
import { add, noRequests, type Requests, readRequests, since } from '../cluster/requests.ts'
import { list, text } from '../manifests/json.ts'

/** What each revision answered since the watch began, pods that ended included. */
export interface Watch {
  /** Reads the queue-proxies once. */
  read(): Promise<void>
  of(revision: string): Requests
}

interface PodCount {
  readonly revision: string
  readonly first: Requests
  readonly last: Requests
}

/** Reads queue-proxy of each pod of the function through the API server, which wakes nothing. */
export function watchRequests(api: ApiProxy, namespace: string, service: string): Watch {
  const pods = new Map<string, PodCount>()
  const path = `/api/v1/namespaces/${namespace}/pods`
  let isFirst = true

  async function read(): Promise<void> {
    const selector = encodeURIComponent(`serving.knative.dev/service=${service}`)
    const found = list(await api.json(`${path}?labelSelector=${selector}`), 'items')
    await Promise.all(
      found.map(async pod => {
        const name = text(pod, 'metadata', 'name') ?? ''
        const revision = text(pod, 'metadata', 'labels', 'serving.knative.dev/revision') ?? ''
        // A pod that is starting or ending does not answer; what it said last still counts.
        const page = await api.text(`${path}/${name}:9091/proxy/metrics`).catch(() => undefined)
        if (page === undefined) return
        const last = readRequests(page)
        // What a pod that was there before had counted is not part of the watch; all of a new pod's is.
        const first = pods.get(name)?.first ?? (isFirst ? last : noRequests)
        pods.set(name, { revision, first, last })
      }),
    )
    isFirst = false
  }

  return {
    read,
    of: revision =>
      [...pods.values()]
        .filter(pod => pod.revision === revision)
        .reduce<Requests>((sum, pod) => add(sum, since(pod.first, pod.last)), noRequests),
  }
}

export const pollMs = 2_000
export const nextPoll = () => sleep(pollMs)
