import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { type Cluster, namespace } from './cluster.ts'
import { label } from './copies.ts'

/** What the Kubernetes API said, at the wall-clock time in ms when it said so here. */
export interface PodMarks {
  readonly pod: string
  readonly marks: ReadonlyMap<string, number>
}

export interface Watcher {
  /** Replicas and pods of the Service since `sinceMs`. */
  marksSince(service: string, sinceMs: number): PodMarks
  isAtZero(service: string): boolean
  /** Resolves when no copy runs, none is on its way out, and their requests go to the activator. */
  allAtZero(): Promise<void>
  stop(): void
}

const Labels = v.object({ 'serving.knative.dev/service': v.optional(v.string(), '') })
const Deployment = v.object({
  metadata: v.object({ labels: Labels }),
  spec: v.object({ replicas: v.optional(v.number(), 0) }),
})
const Condition = v.object({ type: v.string(), status: v.string() })
const Pod = v.object({
  metadata: v.object({ name: v.string(), labels: Labels, deletionTimestamp: v.optional(v.string()) }),
  spec: v.object({ nodeName: v.optional(v.string()) }),
  status: v.object({
    conditions: v.optional(v.array(Condition), []),
    podIP: v.optional(v.string()),
    containerStatuses: v.optional(v.array(v.object({ state: v.record(v.string(), v.unknown()) })), []),
  }),
})

interface State {
  replicas: number
  replicasSetMs: number
  zeroSinceMs: number
  readonly pods: Map<string, Map<string, number>>
  readonly living: Set<string>
  readonly ending: Set<string>
}

/**
 * For the gateway and the activator to hear of the last one that went to zero, and for the kubelet to clear it away:
 * a wake beside the end of another pod took 1.3 s instead of 0.6 s.
 */
const settleMs = 3_000
const atZeroTimeoutMs = 180_000

/** There before the first request: a pod's own timestamps have seconds only, and pods go away. */
export function startWatcher(cluster: Cluster): Watcher {
  const states = new Map<string, State>()
  const stateOf = (service: string): State => {
    const state = states.get(service) ?? {
      replicas: -1,
      replicasSetMs: 0,
      zeroSinceMs: 0,
      pods: new Map(),
      living: new Set(),
      ending: new Set(),
    }
    states.set(service, state)
    return state
  }

  const isAtZero = (service: string) => {
    const { replicas, living, zeroSinceMs } = stateOf(service)
    return replicas === 0 && living.size === 0 && Date.now() - zeroSinceMs >= settleMs
  }

  const removeNow = (pod: string) =>
    void cluster
      .kubectl('delete', 'pod', pod, '-n', namespace, '--force', '--grace-period=0')
      .catch(() => undefined)

  function onDeployment(_: string, object: unknown): void {
    const { metadata, spec } = v.parse(Deployment, object)
    const state = stateOf(metadata.labels['serving.knative.dev/service'])
    if (spec.replicas === state.replicas) return
    state.replicas = spec.replicas
    if (spec.replicas > 0) state.replicasSetMs = Date.now()
    else state.zeroSinceMs = Date.now()
  }

  function onPod(type: string, object: unknown): void {
    const nowMs = Date.now()
    const { metadata, spec, status } = v.parse(Pod, object)
    const state = stateOf(metadata.labels['serving.knative.dev/service'])
    if (type === 'DELETED' || metadata.deletionTimestamp !== undefined) {
      // It would drain for 30 s more and hold its CPU request: on a small node the next ones would not be scheduled.
      if (type === 'DELETED') state.living.delete(metadata.name)
      else if (!state.ending.has(metadata.name)) removeNow(metadata.name)
      state.ending.add(metadata.name)
      state.zeroSinceMs = nowMs
      return
    }
    state.living.add(metadata.name)
    const marks = state.pods.get(metadata.name) ?? new Map<string, number>([['pod created', nowMs]])
    state.pods.set(metadata.name, marks)
    const note = (mark: string, isReached: boolean) => {
      if (isReached && !marks.has(mark)) marks.set(mark, nowMs)
    }
    const holds = (condition: string) =>
      status.conditions.some(({ type, status }) => type === condition && status === 'True')
    note('scheduled', spec.nodeName !== undefined)
    note('sandbox up', holds('PodReadyToStartContainers'))
    note('address known', status.podIP !== undefined)
    const running = status.containerStatuses.filter(({ state }) => state['running'] !== undefined)
    note('containers running', running.length === 2)
    note('ready', holds('Ready'))
  }

  const selector = `?watch=1&labelSelector=${encodeURIComponent(label)}`
  const ends = [
    cluster.watch(`/apis/apps/v1/namespaces/${namespace}/deployments${selector}`, onDeployment),
    cluster.watch(`/api/v1/namespaces/${namespace}/pods${selector}`, onPod),
  ]

  return {
    marksSince(service, sinceMs) {
      const state = stateOf(service)
      const found = [...state.pods].find(([, marks]) => (marks.get('pod created') ?? 0) >= sinceMs)
      const marks = new Map(found?.[1])
      marks.set('replicas set', state.replicasSetMs)
      return { pod: found?.[0] ?? '', marks }
    },
    isAtZero,
    async allAtZero() {
      const giveUpMs = Date.now() + atZeroTimeoutMs
      for (;;) {
        const busy = [...states.keys()].find(service => !isAtZero(service))
        if (busy === undefined) return
        if (Date.now() > giveUpMs) throw new Error(`${busy} did not go to zero`)
        await sleep(100)
      }
    },
    stop() {
      for (const end of ends) end()
    },
  }
}
