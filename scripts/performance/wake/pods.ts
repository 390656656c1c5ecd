import { until } from '../../cli/until.ts'
import { kubectl, nameOf } from '../../cluster/kubectl.ts'
import { openApi, type WatchEvent } from '../../cluster/tunnels.ts'
import { at, type Json, list, text } from '../../manifests/json.ts'
import { namespace, variantLabel } from './variants.ts'

export type PodWatch = Awaited<ReturnType<typeof watchPods>>

interface State {
  replicas: number
  replicasSetMs: number
  lastChangeMs: number
  readonly marks: Map<string, Map<string, number>>
  readonly running: Set<string>
}

/**
 * For gateway and activator to learn that the last Service went to zero, and for the kubelet to remove its pod: next to
 * the end of another pod, a wake took 1.3 s instead of 0.6 s.
 */
const settleMs = 3_000
const zeroTimeoutMs = 180_000

/** Begins before the first request: a pod's own timestamps are in seconds, and pods disappear. */
export async function watchPods() {
  const api = await openApi()
  const states = new Map<string, State>()

  function stateOf(object: Json): State {
    const service = text(object, 'metadata', 'labels', 'serving.knative.dev/service') ?? ''
    const created = {
      replicas: -1,
      replicasSetMs: 0,
      lastChangeMs: 0,
      marks: new Map(),
      running: new Set<string>(),
    }
    const state = states.get(service) ?? created
    states.set(service, state)
    return state
  }

  function onDeployment({ object }: WatchEvent): void {
    const state = stateOf(object)
    const replicas = Number(at(object, 'spec', 'replicas') ?? 0)
    if (replicas === state.replicas) return
    if (replicas > 0) state.replicasSetMs = Date.now()
    Object.assign(state, { replicas, lastChangeMs: Date.now() })
  }

  function onPod({ type, object }: WatchEvent): void {
    const nowMs = Date.now()
    const state = stateOf(object)
    const name = nameOf(object)
    if (type === 'DELETED' || text(object, 'metadata', 'deletionTimestamp') !== undefined) {
      // It would drain for 30 s and keep its CPU request, so that a small node could not schedule the next pods.
      if (type === 'MODIFIED' && state.marks.get(name)?.has('ending') === false)
        kubectl`delete pod ${name} --namespace ${namespace} --force --grace-period=0`.catch(() => undefined)
      if (type === 'DELETED') state.running.delete(name)
      state.marks.get(name)?.set('ending', nowMs)
      state.lastChangeMs = nowMs
      return
    }
    state.running.add(name)
    const marks = state.marks.get(name) ?? new Map([['pod created', nowMs]])
    state.marks.set(name, marks)
    for (const mark of reachedPhases(object)) if (!marks.has(mark)) marks.set(mark, nowMs)
  }

  const selector = `?labelSelector=${encodeURIComponent(variantLabel)}`
  const follow = async (path: string, onEvent: (event: WatchEvent) => void) => {
    for await (const event of api.watch(`${path}${selector}`)) onEvent(event)
  }
  // Closing the tunnel ends both.
  follow(`/apis/apps/v1/namespaces/${namespace}/deployments`, onDeployment).catch(() => undefined)
  follow(`/api/v1/namespaces/${namespace}/pods`, onPod).catch(() => undefined)

  const isAtZero = (service: string) => {
    const { replicas = 0, running, lastChangeMs = 0 } = states.get(service) ?? {}
    return replicas === 0 && !running?.size && Date.now() - lastChangeMs >= settleMs
  }
  return {
    isAtZero,
    /** Returns the life of each pod of a service that has ended, as wall-clock times in milliseconds. */
    lives: (service: string) =>
      [...(states.get(service)?.marks.values() ?? [])].flatMap(marks => {
        const [fromMs, toMs] = [marks.get('pod created'), marks.get('ending')]
        return fromMs === undefined || toMs === undefined ? [] : [{ fromMs, toMs }]
      }),
    /**
     * Returns what the API server and the log of the function's pod have reported since `sinceMs`: names of phases, and the wall-clock
     * time in milliseconds when each was over.
     */
    async marksSince(service: string, sinceMs: number) {
      const state = states.get(service)
      const pods = [...(state?.marks ?? [])]
      const [pod, marks] = pods.find(([, seen]) => (seen.get('pod created') ?? 0) >= sinceMs) ?? []
      const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?container=user-container`
      const log = await api.text(path).catch(() => '')
      const replicasSet = ['replicas set', state?.replicasSetMs ?? 0] as const
      return new Map<string, number>([replicasSet, ...(marks ?? []), ...logMarks(log)])
    },
    /** Resolves when no pod runs or ends, and requests go to the activator. */
    untilAllAtZero: () =>
      until('all are at zero', () => [...states.keys()].every(isAtZero), zeroTimeoutMs / 1_000, 100),
    [Symbol.dispose]: api.close,
  }
}

function reachedPhases(pod: Json): readonly string[] {
  const conditions = list(pod, 'status', 'conditions').filter(
    condition => text(condition, 'status') === 'True',
  )
  const holds = (type: string) => conditions.some(condition => text(condition, 'type') === type)
  const containers = list(pod, 'status', 'containerStatuses')
  const phases = {
    scheduled: text(pod, 'spec', 'nodeName') !== undefined,
    'sandbox up': holds('PodReadyToStartContainers'),
    'address known': text(pod, 'status', 'podIP') !== undefined,
    'containers running': containers.filter(status => at(status, 'state', 'running')).length === 2,
    ready: holds('Ready'),
  }
  return Object.entries(phases).flatMap(([name, isReached]) => (isReached ? [name] : []))
}

/** Comparable with the marks of the API where the node and this machine share a clock, as with kind. */
function logMarks(log: string): readonly (readonly [string, number])[] {
  const marks: [string, number][] = []
  for (const line of log.split('\n').filter(candidate => candidate.startsWith('{'))) {
    const entry: Json = JSON.parse(line)
    const atMs = Date.parse(text(entry, 'time') ?? '')
    const number = (key: string) => Number(at(entry, key) ?? 0)
    switch (text(entry, 'message')) {
      case 'listening':
        marks.push(['process start', atMs - number('sinceStartMs')], ['listening', atMs])
        break
      case 'loaded':
        marks.push(['loaded', atMs])
        break
      case 'connected to Postgres':
        marks.push(['Postgres connected', atMs])
        break
      case 'request':
        return [...marks, ['request in the function', atMs - number('durationMs')], ['response sent', atMs]]
    }
  }
  return marks
}
