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
  readonly isReady: boolean
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
    isReady: isTrue(service, 'Ready'),
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

/** Resolves when Knative has carried out the latest change of the Service; rejects with its reason when it cannot. */
export async function untilReady(api: Api, { name, namespace }: Named): Promise<void> {
  const settled = await untilObject(api, `/apis/serving.knative.dev/v1/namespaces/${namespace}/services`, {
    name,
    isDone: service => isObserved(service) && (isTrue(service, 'Ready') || isFalse(service, 'Ready')),
    timeoutMs: 180_000,
  })
  if (isFalse(settled, 'Ready')) throw new Error(`${name}: ${reasonOf(settled, 'Ready')}`)
}

/** Changes the Service's shares, and its image where one is given; resolves when the gateway has them. */
export async function setTraffic(
  api: Api,
  service: Named,
  shares: readonly Share[],
  image?: string,
): Promise<void> {
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
  await kubectl`patch ${target} --namespace ${service.namespace} --type=json --patch ${JSON.stringify(changes)}`
  await untilReady(api, service)
}

/** Marks a revision as rejected, so that nobody promotes it by mistake; without a reason removes the mark. */
export async function markRejected(revision: string, namespace: string, reason?: string): Promise<void> {
  const annotation = reason === undefined ? `${rejectedAnnotation}-` : `${rejectedAnnotation}=${reason}`
  await kubectl`annotate revision ${revision} --namespace ${namespace} --overwrite ${annotation}`
}

export function requireReady({ name, namespace, isReady }: FunctionService): void {
  if (isReady) return
  const command = `kubectl -n ${namespace} describe services.serving.knative.dev/${name}`
  throw new UsageError(`${name} is not ready at present. See why: ${command}`)
}
