// A function as the cluster has it: its revisions, and their shares of the requests.

import { UsageError } from '../cli/options.ts'
import { get, getItems, isFalse, isObserved, isTrue, kubectl, nameOf, reasonOf } from '../cluster/kubectl.ts'
import { type Api, untilObject } from '../cluster/tunnels.ts'
import { at, type Json, list, text } from '../manifests/json.ts'

export interface Revision {
  readonly name: string
  readonly generation: number
  readonly image: string
  readonly createdAt: string
  readonly isReady: boolean
  /** Why a canary rejected the revision; undefined when none did. */
  readonly rejectedBecause: string | undefined
}

export interface Share {
  readonly revision: string
  readonly percent: number
}

export interface FunctionService {
  readonly name: string
  readonly namespace: string
  /** Of the last change of its spec. */
  readonly generation: number
  /** Whether the gateway leads requests to the revisions of `traffic`, ready or not as the newest revision may be. */
  readonly isServing: boolean
  readonly latestCreated: string
  readonly latestReady: string
  /** Of the revisions that receive requests, the largest share first. */
  readonly traffic: readonly Share[]
  /** Newest first. */
  readonly revisions: readonly Revision[]
}

/** Knative's name for the revision that became ready last. */
export const latest = '@latest'

const rejectedAnnotation = 'iod-functions/rejected-because'

export async function readService(name: string, namespace: string): Promise<FunctionService> {
  const [service, revisions] = await Promise.all([
    get`services.serving.knative.dev ${name} --namespace ${namespace}`,
    getItems`revisions --namespace ${namespace} --selector serving.knative.dev/service=${name}`,
  ])
  if (service === undefined)
    throw new UsageError(
      `${name} is not deployed in the namespace ${namespace}. Deploy it first: make deploy.`,
    )
  return {
    name,
    namespace,
    generation: Number(at(service, 'metadata', 'generation')),
    isServing: isTrue(service, 'RoutesReady'),
    latestCreated: text(service, 'status', 'latestCreatedRevisionName') ?? '',
    latestReady: text(service, 'status', 'latestReadyRevisionName') ?? '',
    traffic: readTraffic(service),
    revisions: revisions.map(readRevision).sort((a, b) => b.generation - a.generation),
  }
}

export function readTraffic(service: Json): readonly Share[] {
  const shares = new Map<string, number>()
  for (const target of list(service, 'status', 'traffic')) {
    const revision = text(target, 'revisionName') ?? ''
    shares.set(revision, (shares.get(revision) ?? 0) + Number(at(target, 'percent') ?? 0))
  }
  return [...shares]
    .map(([revision, percent]) => ({ revision, percent }))
    .filter(share => share.percent > 0)
    .sort((a, b) => b.percent - a.percent)
}

const readRevision = (revision: Json): Revision => ({
  name: nameOf(revision),
  generation: Number(text(revision, 'metadata', 'labels', 'serving.knative.dev/configurationGeneration')),
  image: text(revision, 'spec', 'containers', 0, 'image') ?? '',
  createdAt: text(revision, 'metadata', 'creationTimestamp') ?? '',
  isReady: isTrue(revision, 'Ready'),
  rejectedBecause: text(revision, 'metadata', 'annotations', rejectedAnnotation),
})

export const describeTraffic = (traffic: readonly Share[]) =>
  traffic.map(({ revision, percent }) => `${percent} % ${revision}`).join(', ')

type Named = Pick<FunctionService, 'name' | 'namespace'>

const services = (namespace: string) => `/apis/serving.knative.dev/v1/namespaces/${namespace}/services`

/** The words of containerd when the container, not the program in it, failed to start: the kubelet tries it again. */
const runtimeFailure = /failed to create (containerd|shim) task|OCI runtime create failed/
/** Longer than the kubelet waits before its second (10 s) and third try (20 s). */
const restartMs = 60_000

/**
 * Resolves when Knative has carried out the latest change of the Service; rejects with the reason when it cannot.
 * `RoutesReady` leaves out whether the newest revision can start. Knative calls a revision failed at the first failure of
 * its container, and ready again when the kubelet's next try succeeds.
 */
export async function untilReady(
  api: Api,
  { name, namespace }: Named,
  condition: 'Ready' | 'RoutesReady' = 'Ready',
): Promise<void> {
  const until = (isDone: (service: Json) => boolean, timeoutMs: number) =>
    untilObject(api, services(namespace), {
      name,
      isDone: service => isObserved(service) && isDone(service),
      timeoutMs,
    })
  const hasFailed = (service: Json) => isFalse(service, condition)
  const isFinal = (service: Json) => hasFailed(service) && !runtimeFailure.test(reasonOf(service, condition))
  const settled = await until(service => isTrue(service, condition) || hasFailed(service), 180_000)
  if (isTrue(settled, condition)) return
  const last = isFinal(settled)
    ? settled
    : await until(service => isTrue(service, condition) || isFinal(service), restartMs).catch(() => settled)
  if (hasFailed(last)) throw new Error(`${name}: ${reasonOf(last, condition)}`)
}

/** The Service has changed since a command looked at it. */
export class ChangedError extends Error {
  override readonly name = 'ChangedError'
}

/** Rejects when the spec of the Service has changed since this generation. */
export async function requireGeneration(
  api: Api,
  { name, namespace }: Named,
  generation: number,
): Promise<void> {
  const service = await api.json(`${services(namespace)}/${name}`)
  if (at(service, 'metadata', 'generation') === generation) return
  throw new ChangedError(
    `another command has changed ${name}, so this one leaves it as it is now: make history FUNCTION=${name}.`,
  )
}

/**
 * Changes the Service's shares, and its image where one is given; resolves with the new generation when the gateway has them.
 * The way back to an older revision does not wait for the newest one, which may be the reason.
 */
export async function setTraffic(
  api: Api,
  service: Named,
  shares: readonly Share[],
  image?: string,
): Promise<number> {
  const traffic = shares
    .filter(share => share.percent > 0)
    .map(({ revision, percent }) =>
      revision === latest ? { latestRevision: true, percent } : { revisionName: revision, percent },
    )
  const changes = [
    { op: 'add', path: '/spec/traffic', value: traffic },
    ...(image === undefined
      ? []
      : [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }]),
  ]
  const target = `services.serving.knative.dev/${service.name}`
  const options = ['--type=json', '--patch', JSON.stringify(changes), '--output=json']
  const changed = JSON.parse(await kubectl`patch ${target} --namespace ${service.namespace} ${options}`)
  const needsNewest = image !== undefined || shares.some(({ revision }) => revision === latest)
  await untilReady(api, service, needsNewest ? 'Ready' : 'RoutesReady')
  return Number(at(changed, 'metadata', 'generation'))
}

/** Marks a revision as rejected, so that nobody promotes it by mistake; without a reason removes the mark. */
export async function markRejected(revision: string, namespace: string, reason?: string): Promise<void> {
  const annotation = reason === undefined ? `${rejectedAnnotation}-` : `${rejectedAnnotation}=${reason}`
  await kubectl`annotate revision ${revision} --namespace ${namespace} --overwrite ${annotation}`
}

export function requireServing({ name, namespace, isServing }: FunctionService): void {
  if (isServing) return
  const command = `kubectl -n ${namespace} describe services.serving.knative.dev/${name}`
  throw new UsageError(`no request reaches ${name} at present. See why: ${command}`)
}
