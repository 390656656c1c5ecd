// The steps of a rollout, in their order: settings, data, platform, functions, host.
import { functionNames } from '../../functions/registry.ts'
import { processName } from '../../functions/shared/together.ts'
import { apply, get, getItems, kindOf, kubectl, nameOf } from '../cluster/kubectl.ts'
import type { Api } from '../cluster/tunnels.ts'
import { at, type Json, list, text } from '../manifests/json.ts'
import { isFunction, isPostgresCluster } from '../manifests/rules.ts'
import { objectsOf } from './overlay.ts'
import { latest, readService, setTraffic, untilReady } from './revisions.ts'

export async function applySettings(objects: readonly Json[]): Promise<void> {
  const settings = objectsOf(objects, 'settings')
  const isNamespace = (object: Json) => kindOf(object) === 'Namespace'
  await apply(settings.filter(isNamespace))
  await apply(settings.filter(object => !isNamespace(object)))
}

/** Applies the objects of a component, and waits for its pods. */
export async function applyAndWait(
  objects: readonly Json[],
  component: string,
  namespace: string,
): Promise<void> {
  const part = objectsOf(objects, component)
  await apply(part)
  for (const object of part.filter(one => ['StatefulSet', 'Deployment'].includes(kindOf(one)))) {
    const name = nameOf(object)
    const status = kubectl`rollout status ${kindOf(object)}/${name} --namespace ${namespace} --timeout=180s`
    await status.catch(async error => {
      const reason = await waitingReason(name, namespace)
      throw reason === undefined ? error : new Error(`${name} does not become ready: ${reason}`)
    })
  }
  for (const cluster of part.filter(isPostgresCluster)) {
    const resource = `clusters.postgresql.cnpg.io/${nameOf(cluster)}`
    // Three instances start one after the other, each from a copy of the first.
    await kubectl`wait ${resource} --namespace ${namespace} --for=condition=Ready --timeout=600s`
  }
}

/** Why pods of that name wait, in Kubernetes' words. */
async function waitingReason(name: string, namespace: string): Promise<string | undefined> {
  const pods = await getItems`pods --namespace ${namespace} --selector app.kubernetes.io/name=${name}`
  const reasons = pods.flatMap(pod => [
    ...list(pod, 'status', 'containerStatuses').map(one => at(one, 'state', 'waiting')),
    ...list(pod, 'status', 'conditions').filter(one => text(one, 'reason') === 'Unschedulable'),
  ])
  const reason = reasons.find(one => text(one, 'message') !== undefined)
  return reason === undefined ? undefined : `${text(reason, 'reason')}, ${text(reason, 'message')}`
}

/** Waits until Knative accepts Services: `make up` installs it while the images are loaded and the database starts. */
export async function untilPlatformReady(): Promise<void> {
  const wait = ['wait', '--for=condition=Available', 'deployment', '--all', '--timeout=180s']
  await kubectl`${wait} --namespace knative-serving`
  await kubectl`${wait} --namespace kourier-system`
  // The webhook accepts calls once it has written its own certificate here.
  const hooks = [
    'mutatingwebhookconfiguration/webhook.serving.knative.dev',
    'validatingwebhookconfiguration/validation.webhook.serving.knative.dev',
  ]
  await kubectl`wait --for=jsonpath={.webhooks[0].clientConfig.caBundle} --timeout=60s ${hooks}`
}

/**
 * Rolls out the functions, and yields a line for each. New ones start together; existing ones are replaced one at a
 * time, so that a failure ends the rollout and a small node needs room for one more pod only.
 */
export async function* applyFunctions(
  api: Api,
  objects: readonly Json[],
  namespace: string,
): AsyncGenerator<string> {
  const existing = (await getItems`services.serving.knative.dev --namespace ${namespace}`).map(nameOf)
  const services = objects.filter(isFunction)
  yield* await Promise.all(
    services.filter(one => !existing.includes(nameOf(one))).map(one => applyFunction(api, one, namespace)),
  )
  for (const one of services)
    if (existing.includes(nameOf(one))) yield await applyFunction(api, one, namespace)
}

/**
 * Creates a revision if the function changed, and gives the newest one all requests. Knative leaves the requests where
 * they are while a revision is not ready, and a failed one ends the rollout.
 */
async function applyFunction(api: Api, object: Json, namespace: string): Promise<string> {
  const name = nameOf(object)
  const before = await get`services.serving.knative.dev ${name} --namespace ${namespace}`
  await apply([object])
  await untilReady(api, { name, namespace }).catch(error => {
    throw noRoom(name, error) ?? error
  })
  const after = await readService(name, namespace)
  const [first] = after.traffic
  if (first?.revision !== after.latestReady || first.percent !== 100)
    await setTraffic(api, after, [{ revision: latest, percent: 100 }])
  const isUnchanged = text(before, 'status', 'latestCreatedRevisionName') === after.latestCreated
  return `${name}: ${after.latestCreated}${isUnchanged ? ', unchanged' : ''}`
}

/** Knative gives up a revision whose first pod fits on no node, although a function at its way to zero makes room soon. */
function noRoom(name: string, error: unknown): Error | undefined {
  const lacking = /Insufficient (cpu|memory)/.exec(String(error))?.[1]
  if (lacking === undefined) return undefined
  return new Error(
    `${name}: no node has enough ${lacking} left for a pod. Run the same command again when other functions are at zero, or remove what is not needed (docs/operations.md, Environments).`,
  )
}

/** The certificate precedes the host, so that the gateway is configured once, with all it needs. */
export async function applyHost(objects: readonly Json[], namespace: string): Promise<void> {
  const host = objectsOf(objects, 'ingress')
  const certificates = host.filter(object => kindOf(object) === 'Certificate')
  await apply(certificates)
  for (const one of certificates) {
    const target = ['--namespace', text(one, 'metadata', 'namespace') ?? '', '--timeout=300s']
    await kubectl`wait certificates.cert-manager.io/${nameOf(one)} ${target} --for=condition=Ready`
  }
  await apply(host.filter(object => !certificates.includes(object)))
  const ingress = 'ingresses.networking.internal.knative.dev/api'
  // kubectl passes over a condition that was observed before the change.
  await kubectl`wait ${ingress} --namespace ${namespace} --for=condition=Ready --timeout=120s`
}

/**
 * Removes what the host no longer leads to: the functions of their own once they are together, or the other way round.
 * Requests in flight are completed, as with any pod that ends. Returns a line for each.
 */
export async function removeReplaced(
  objects: readonly Json[],
  namespace: string,
): Promise<readonly string[]> {
  const kept = objects.filter(isFunction).map(nameOf)
  const replaced: readonly string[] = kept.includes(processName) ? functionNames : [processName]
  const existing = (await getItems`services.serving.knative.dev --namespace ${namespace}`).map(nameOf)
  const removed = replaced.filter(name => existing.includes(name))
  if (removed.length === 0) return []
  const kinds = 'services.serving.knative.dev,poddisruptionbudgets'
  await kubectl`delete ${kinds} ${removed} --namespace ${namespace} --ignore-not-found`
  return removed.map(name => `${name}: removed, since ${kept.join(', ')} took its place`)
}
