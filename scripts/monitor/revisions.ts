import type { ApiProxy } from '../cluster/api-proxy.ts'
import { type Json, list, text } from '../manifests/json.ts'
import { readTraffic } from '../release/service.ts'
import type { RateReader } from './rates.ts'
import type { RevisionState } from './snapshot.ts'
import { cpuOf, memoryOf, readUsage } from './usage.ts'
import { wakesOf } from './wakes.ts'

const serving = '/apis/serving.knative.dev/v1/namespaces'
const hasRevision = encodeURIComponent('serving.knative.dev/revision')

/** Everything from the API server and, through it, from kubelets and queue-proxies; no request to a function. */
export async function readRevisions(
  api: ApiProxy,
  namespace: string,
  rates: RateReader,
): Promise<readonly RevisionState[]> {
  const items = async (path: string) => list(await api.json(path), 'items')
  const [services, revisions, allPods, events, nodes] = await Promise.all([
    items(`${serving}/${namespace}/services`),
    items(`${serving}/${namespace}/revisions`),
    items(`/api/v1/namespaces/${namespace}/pods?labelSelector=${hasRevision}`),
    items(`/api/v1/namespaces/${namespace}/events`),
    items('/api/v1/nodes'),
  ])
  const summaries = await Promise.all(
    nodes.map(node =>
      api.json(`/api/v1/nodes/${text(node, 'metadata', 'name')}/proxy/stats/summary`).catch(() => null),
    ),
  )
  const usage = readUsage(summaries, namespace)
  await rates.read(allPods)
  const shares = new Map(services.flatMap(readTraffic).map(share => [share.revision, share.percent]))

  return revisions
    .map((revision): RevisionState => {
      const name = text(revision, 'metadata', 'name') ?? ''
      const pods = allPods.filter(pod => label(pod, 'revision') === name)
      const ready = pods.filter(isReady)
      return {
        function: label(revision, 'service') ?? '',
        revision: name,
        trafficPercent: shares.get(name) ?? 0,
        state: stateOf(pods, ready),
        pods: pods.length,
        readyPods: ready.length,
        ...rates.of(pods),
        wakes: wakesOf(name, events, Date.now()),
        cpu: cpuOf(pods, usage),
        memory: memoryOf(pods, usage),
      }
    })
    .filter(one => one.trafficPercent > 0 || one.pods > 0)
    .sort((a, b) => a.revision.localeCompare(b.revision))
}

const label = (object: Json, name: string) =>
  text(object, 'metadata', 'labels', `serving.knative.dev/${name}`)

const isStopping = (pod: Json) => text(pod, 'metadata', 'deletionTimestamp') !== undefined

const isReady = (pod: Json) =>
  !isStopping(pod) &&
  list(pod, 'status', 'conditions').some(
    condition => text(condition, 'type') === 'Ready' && text(condition, 'status') === 'True',
  )

function stateOf(pods: readonly Json[], ready: readonly Json[]): RevisionState['state'] {
  if (pods.length === 0) return 'zero'
  if (ready.length > 0) return 'ready'
  return pods.every(isStopping) ? 'stopping' : 'waking'
}
