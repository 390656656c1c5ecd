// What this project asks of its manifests beyond what Kubernetes does. Each rule returns sentences about faults.
import { at, isRecord, type Json, type JsonRecord, list, text } from './json.ts'

export const nameOf = (object: Json) => `${text(object, 'kind')} ${text(object, 'metadata', 'name')}`

export const isFunction = (object: Json) =>
  text(object, 'apiVersion') === 'serving.knative.dev/v1' && text(object, 'kind') === 'Service'

/** The pod template of whatever makes pods. */
export function podSpec(object: Json): JsonRecord | undefined {
  const spec = at(object, 'spec', 'template', 'spec')
  return isRecord(spec) ? spec : undefined
}

export function labelFaults(object: Json): readonly string[] {
  const needed = ['app.kubernetes.io/part-of', 'app.kubernetes.io/instance', 'app.kubernetes.io/component']
  return needed
    .filter(label => text(object, 'metadata', 'labels', label) === undefined)
    .map(label => `lacks the label ${label}`)
}

export function imageFaults(object: Json): readonly string[] {
  return list(podSpec(object), 'containers').flatMap(container => {
    const image = text(container, 'image') ?? ''
    const tag = /(?::([\w.-]+)|@sha256:[\da-f]{64})$/.exec(image)
    if (tag === null) return [`image ${image} has no tag`]
    return tag[1] === 'latest' ? [`image ${image} changes under the same name`] : []
  })
}

export function securityFaults(object: Json): readonly string[] {
  const pod = podSpec(object)
  if (pod === undefined) return []
  const faults: string[] = []
  if (at(pod, 'automountServiceAccountToken') !== false && text(pod, 'serviceAccountName') === undefined)
    faults.push('mounts a token of the API server')
  for (const container of list(pod, 'containers')) {
    const own = at(container, 'securityContext')
    const either = (key: string) => at(own, key) ?? at(pod, 'securityContext', key)
    if (either('runAsNonRoot') !== true || typeof either('runAsUser') !== 'number')
      faults.push('may run as root')
    if (at(either('seccompProfile'), 'type') !== 'RuntimeDefault') faults.push('has no seccomp profile')
    if (at(own, 'allowPrivilegeEscalation') !== false) faults.push('may escalate privileges')
    if (at(own, 'readOnlyRootFilesystem') !== true) faults.push('can write to its root file system')
    if (!list(own, 'capabilities', 'drop').includes('ALL')) faults.push('keeps capabilities')
  }
  return faults
}

export function limitFaults(object: Json): readonly string[] {
  return list(podSpec(object), 'containers').flatMap(container => [
    ...(at(container, 'resources', 'requests', 'cpu') === undefined ? ['requests no CPU'] : []),
    ...(at(container, 'resources', 'requests', 'memory') === undefined ? ['requests no memory'] : []),
    ...(at(container, 'resources', 'limits', 'memory') === undefined ? ['has no memory limit'] : []),
  ])
}

export function probeFaults(object: Json): readonly string[] {
  const kind = text(object, 'kind')
  return list(podSpec(object), 'containers').flatMap(container => {
    if (isFunction(object)) return functionProbeFaults(container)
    return kind !== 'Job' && at(container, 'readinessProbe') === undefined ? ['has no readiness probe'] : []
  })
}

/** Anything but a bare httpGet takes the activator's fast path away, or its 50 ms between two tries. */
function functionProbeFaults(container: Json): readonly string[] {
  const probe = at(container, 'readinessProbe')
  const members = isRecord(probe) ? Object.keys(probe) : []
  return [
    ...(members.join() === 'httpGet' ? [] : ['has a readiness probe that is not a bare httpGet']),
    ...(at(container, 'startupProbe') === undefined ? [] : ['has a startup probe']),
    ...(at(container, 'livenessProbe') === undefined ? [] : ['has a liveness probe']),
  ]
}

/** The kubelet looks every 0.3 s whether a pod's volumes are there (`podAttachAndMountRetryInterval`). */
export function volumeFaults(object: Json): readonly string[] {
  return isFunction(object) && list(podSpec(object), 'volumes').length > 0
    ? ['has a volume, for which each wake waits']
    : []
}

/** Under the default policy a node puts its own address in place of the client's, and all clients share one limit. */
export function clientAddressFaults(object: Json): readonly string[] {
  return isOpenToClients(object) && text(object, 'spec', 'externalTrafficPolicy') !== 'Local'
    ? ['hides the address of its clients: externalTrafficPolicy is not Local']
    : []
}

/** A Service that is reached through the nodes' own addresses. */
const isOpenToClients = (object: Json) =>
  text(object, 'kind') === 'Service' &&
  text(object, 'apiVersion') === 'v1' &&
  ['NodePort', 'LoadBalancer'].includes(text(object, 'spec', 'type') ?? '')

/** A password or a token in plain HTTP is lost: whoever ends TLS also turns those away who ask without it. */
export function plainHttpFaults(objects: readonly Json[]): readonly string[] {
  const hasFront = objects.some(isInFront)
  return objects
    .filter(object => servesPlainHttp(object, hasFront))
    .map(object => `${nameOf(object)} serves plain HTTP`)
}

const isIngressInFront = (object: Json) =>
  text(object, 'kind') === 'Ingress' && text(object, 'apiVersion')?.startsWith('networking.k8s.io/') === true

/** What hands the host to Kourier; Knative's own Ingress is of another group. */
export const isInFront = (object: Json) => isIngressInFront(object) || text(object, 'kind') === 'HTTPRoute'

function servesPlainHttp(object: Json, hasFront: boolean): boolean {
  if (isIngressInFront(object))
    return (
      text(object, 'metadata', 'annotations', 'ingress.kubernetes.io/force-ssl-redirect') !== 'true' ||
      list(object, 'spec', 'tls').length === 0
    )
  if (text(object, 'kind') === 'Ingress')
    return !hasFront && text(object, 'spec', 'httpOption') !== 'Redirected'
  if (text(object, 'kind') !== 'HTTPRoute') return false
  const isServed = list(object, 'spec', 'rules').some(rule => list(rule, 'backendRefs').length > 0)
  return (
    isServed && list(object, 'spec', 'parentRefs').some(parent => text(parent, 'sectionName') !== 'https')
  )
}
