// The project's own rules for manifests, beyond what Kubernetes requires. Each returns one sentence per violation.
import { at, isRecord, type Json, type JsonRecord, list, record, text } from './json.ts'

export const nameOf = (object: Json) => `${text(object, 'kind')} ${text(object, 'metadata', 'name')}`

export const isFunction = (object: Json) =>
  text(object, 'apiVersion') === 'serving.knative.dev/v1' && text(object, 'kind') === 'Service'

/** Whether the object is a CloudNativePG cluster. */
export const isPostgresCluster = (object: Json) =>
  text(object, 'apiVersion') === 'postgresql.cnpg.io/v1' && text(object, 'kind') === 'Cluster'

/** The pod template of an object that creates pods. */
export function podSpec(object: Json): JsonRecord | undefined {
  const template = at(object, 'spec', 'jobTemplate') ?? object
  const spec = at(template, 'spec', 'template', 'spec')
  return isRecord(spec) ? spec : undefined
}

/** What breaks a rule for single objects, each with the object's name, so that one failure shows them all. */
export const faultsOf = (objects: readonly Json[]): readonly string[] =>
  objects.flatMap(object =>
    objectRules.flatMap(rule => rule(object)).map(fault => `${nameOf(object)} ${fault}`),
  )

function labelFaults(object: Json): readonly string[] {
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
    return tag[1] === 'latest' ? [`image ${image} has a tag that moves`] : []
  })
}

export function securityFaults(object: Json): readonly string[] {
  if (text(object, 'kind') === 'Namespace') {
    const enforced = text(object, 'metadata', 'labels', 'pod-security.kubernetes.io/enforce')
    return enforced === 'restricted' ? [] : ['admits pods that may do more than `restricted` says']
  }
  const pod = podSpec(object)
  if (pod === undefined) return []
  const faults: string[] = []
  if (at(pod, 'automountServiceAccountToken') !== false && text(pod, 'serviceAccountName') === undefined)
    faults.push('mounts an API token')
  for (const container of list(pod, 'containers')) {
    const own = at(container, 'securityContext')
    const either = (key: string) => at(own, key) ?? at(pod, 'securityContext', key)
    if (either('runAsNonRoot') !== true || typeof either('runAsUser') !== 'number')
      faults.push('may run as root')
    if (at(either('seccompProfile'), 'type') !== 'RuntimeDefault') faults.push('has no seccomp profile')
    if (at(own, 'allowPrivilegeEscalation') !== false) faults.push('may escalate privileges')
    if (at(own, 'readOnlyRootFilesystem') !== true) faults.push('has a writable root file system')
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
    return kind !== 'Job' && kind !== 'CronJob' && at(container, 'readinessProbe') === undefined
      ? ['has no readiness probe']
      : []
  })
}

/** Anything but a bare httpGet disables the activator's fast path or the 50 ms interval of queue-proxy's probes. */
function functionProbeFaults(container: Json): readonly string[] {
  const members = Object.keys(record(container, 'readinessProbe'))
  return [
    ...(members.join() === 'httpGet' ? [] : ['has a readiness probe that is not a bare httpGet']),
    ...(at(container, 'startupProbe') === undefined ? [] : ['has a startup probe']),
    ...(at(container, 'livenessProbe') === undefined ? [] : ['has a liveness probe']),
  ]
}

/** The kubelet checks every 0.3 s whether a pod's volumes are mounted (`podAttachAndMountRetryInterval`). */
export function volumeFaults(object: Json): readonly string[] {
  return isFunction(object) && list(podSpec(object), 'volumes').length > 0
    ? ['has a volume, which delays each cold start']
    : []
}

/** By default a node replaces the client's address with its own, and all clients share one rate limit. */
export function clientAddressFaults(object: Json): readonly string[] {
  return isOpenToClients(object) && text(object, 'spec', 'externalTrafficPolicy') !== 'Local'
    ? ['hides the address of its clients: externalTrafficPolicy is not Local']
    : []
}

/** Whether clients reach the Service through the nodes' addresses. */
const isOpenToClients = (object: Json) =>
  text(object, 'kind') === 'Service' &&
  text(object, 'apiVersion') === 'v1' &&
  ['NodePort', 'LoadBalancer'].includes(text(object, 'spec', 'type') ?? '')

const objectRules = [
  labelFaults,
  imageFaults,
  securityFaults,
  limitFaults,
  probeFaults,
  volumeFaults,
  clientAddressFaults,
]

/** Plain HTTP would expose passwords and tokens, so whatever terminates TLS must also redirect it. */
export function plainHttpFaults(objects: readonly Json[]): readonly string[] {
  const hasEdgeProxy = objects.some(isEdgeProxy)
  return objects
    .filter(object => servesPlainHttp(object, hasEdgeProxy))
    .map(object => `${nameOf(object)} serves plain HTTP`)
}

const isEdgeIngress = (object: Json) =>
  text(object, 'kind') === 'Ingress' && text(object, 'apiVersion')?.startsWith('networking.k8s.io/') === true

/** Whether the object routes the host to Kourier; Knative's own Ingress belongs to another API group. */
export const isEdgeProxy = (object: Json) => isEdgeIngress(object) || text(object, 'kind') === 'HTTPRoute'

function servesPlainHttp(object: Json, hasEdgeProxy: boolean): boolean {
  if (isEdgeIngress(object))
    return (
      text(object, 'metadata', 'annotations', 'ingress.kubernetes.io/force-ssl-redirect') !== 'true' ||
      list(object, 'spec', 'tls').length === 0
    )
  if (text(object, 'kind') === 'Ingress')
    return !hasEdgeProxy && text(object, 'spec', 'httpOption') !== 'Redirected'
  if (text(object, 'kind') !== 'HTTPRoute') return false
  const isServed = list(object, 'spec', 'rules').some(rule => list(rule, 'backendRefs').length > 0)
  return (
    isServed && list(object, 'spec', 'parentRefs').some(parent => text(parent, 'sectionName') !== 'https')
  )
}
