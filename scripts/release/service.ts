// A function as the cluster has it: its revisions, and which of them get the requests.
import { get, kn } from '../cluster/command.ts'
import { at, type Json, list, text } from '../manifests/json.ts'
import { Refusal } from './program.ts'

export interface Revision {
  readonly name: string
  readonly generation: number
  readonly image: string
  readonly createdAt: string
  readonly isReady: boolean
  /** Why a canary took it back; undefined when none did. */
  readonly refusedBecause: string | undefined
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
  /** Of those that get requests, the largest share first. */
  readonly traffic: readonly Share[]
  /** Newest first. */
  readonly revisions: readonly Revision[]
}

export const refusedAnnotation = 'iod-functions/refused-because'

const isReady = (object: Json) =>
  list(object, 'status', 'conditions').some(
    condition => text(condition, 'type') === 'Ready' && text(condition, 'status') === 'True',
  )

export async function readService(name: string, namespace: string): Promise<FunctionService> {
  const [service, revisions] = await Promise.all([
    get('services.serving.knative.dev', name, '--namespace', namespace),
    get('revisions', '--namespace', namespace, '--selector', `serving.knative.dev/service=${name}`),
  ])
  if (service === undefined)
    throw new Refusal(`${name} is not deployed in the namespace ${namespace}. Deploy it first: make deploy.`)
  return {
    name,
    namespace,
    isReady: isReady(service),
    latestCreated: text(service, 'status', 'latestCreatedRevisionName') ?? '',
    latestReady: text(service, 'status', 'latestReadyRevisionName') ?? '',
    traffic: readTraffic(service),
    revisions: list(revisions, 'items')
      .map(readRevision)
      .sort((a, b) => b.generation - a.generation),
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

function readRevision(revision: Json): Revision {
  const label = text(revision, 'metadata', 'labels', 'serving.knative.dev/configurationGeneration')
  return {
    name: text(revision, 'metadata', 'name') ?? '',
    generation: Number(label),
    image: text(revision, 'spec', 'containers', 0, 'image') ?? '',
    createdAt: text(revision, 'metadata', 'creationTimestamp') ?? '',
    isReady: isReady(revision),
    refusedBecause: text(revision, 'metadata', 'annotations', refusedAnnotation),
  }
}

export const describeTraffic = (traffic: readonly Share[]) =>
  traffic.map(({ revision, percent }) => `${percent} % ${revision}`).join(', ')

/** Gives these shares, and returns when the gateway has been told. Any other flags of `kn service update` go along. */
export async function setTraffic(
  { name, namespace }: Pick<FunctionService, 'name' | 'namespace'>,
  traffic: readonly Share[],
  flags: readonly string[] = [],
): Promise<void> {
  const shares = traffic.filter(share => share.percent > 0).map(share => `${share.revision}=${share.percent}`)
  await kn(['service', 'update', name, '--namespace', namespace, ...flags, '--traffic', shares.join(',')])
}

export function requireReady(service: FunctionService): void {
  if (!service.isReady)
    throw new Refusal(
      `${service.name} is not ready as it is. See why: kn service describe ${service.name} -n ${service.namespace}`,
    )
}
