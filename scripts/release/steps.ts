// The steps of a rollout, in their order: settings, secrets, data, migration, functions, host.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError, get, kn, kubectl, kubectlSlowly, root } from '../cluster/command.ts'
import { at, type Json, list, text } from '../manifests/json.ts'
import { isFunction } from '../manifests/rules.ts'
import { objectsOf, toYaml } from './overlay.ts'
import { readService, setTraffic } from './service.ts'

export const apply = (objects: readonly Json[]) =>
  objects.length === 0
    ? Promise.resolve('')
    : kubectl(['apply', '--filename', '-'], { input: toYaml(objects) })

export async function applySettings(objects: readonly Json[]): Promise<void> {
  const settings = objectsOf(objects, 'settings')
  // The namespace first: what lies in it comes in the same list.
  await apply(settings.filter(object => text(object, 'kind') === 'Namespace'))
  await apply(settings.filter(object => text(object, 'kind') !== 'Namespace'))
}

export async function applyAndWait(
  objects: readonly Json[],
  component: string,
  namespace: string,
): Promise<void> {
  const part = objectsOf(objects, component)
  await apply(part)
  for (const object of part) {
    const kind = text(object, 'kind')
    if (kind !== 'StatefulSet' && kind !== 'Deployment') continue
    const name = text(object, 'metadata', 'name') ?? ''
    await kubectlSlowly([
      'rollout',
      'status',
      `${kind}/${name}`,
      '--namespace',
      namespace,
      '--timeout=180s',
    ]).catch(async error => {
      const reason = await waitingReason(name, namespace)
      throw reason === undefined ? error : new Error(`${name} does not become ready: ${reason}`)
    })
  }
}

/** Why pods of that name wait, in Kubernetes' words. */
async function waitingReason(name: string, namespace: string): Promise<string | undefined> {
  const pods = await get('pods', '--namespace', namespace, '--selector', `app.kubernetes.io/name=${name}`)
  for (const pod of list(pods, 'items')) {
    const waiting = list(pod, 'status', 'containerStatuses').map(one => at(one, 'state', 'waiting'))
    const unscheduled = list(pod, 'status', 'conditions').filter(
      one => text(one, 'reason') === 'Unschedulable',
    )
    for (const one of [...waiting, ...unscheduled]) {
      const message = text(one, 'message')
      if (message !== undefined) return `${text(one, 'reason')}, ${message}`
    }
  }
  return undefined
}

/**
 * A new revision of each function that changed, and all requests to the newest. One that does not become ready gets
 * none: Knative leaves the route where it was, and the rollout ends here.
 */
export async function applyFunction(object: Json, namespace: string): Promise<string> {
  const name = text(object, 'metadata', 'name') ?? ''
  const isNew = (await get('services.serving.knative.dev', name, '--namespace', namespace)) === undefined
  const before = isNew ? undefined : await readService(name, namespace)
  // kn opens its file by name and takes no standard input.
  const file = join(root, '.kube/release', `${namespace}-${name}.yaml`)
  writeFileSync(file, toYaml([object]))
  await kn([
    'service',
    'apply',
    name,
    '--namespace',
    namespace,
    '--filename',
    file,
    '--wait-timeout',
    '180',
  ]).catch(error => {
    throw noRoom(name, error) ?? error
  })
  const after = await readService(name, namespace)
  const [first] = after.traffic
  if (first?.revision !== after.latestReady || first.percent !== 100)
    await setTraffic(after, [{ revision: '@latest', percent: 100 }])
  return before?.latestCreated === after.latestCreated
    ? `${after.latestCreated}, unchanged`
    : after.latestCreated
}

/** Knative gives a revision up at once when its first pod fits on no node, though a sleeping function makes room soon. */
function noRoom(name: string, error: unknown): Error | undefined {
  const lacking =
    error instanceof CommandError ? /Insufficient (cpu|memory)/.exec(error.output)?.[1] : undefined
  if (lacking === undefined) return undefined
  return new Error(
    `${name}: no node has enough ${lacking} left for a pod. Run the same command again when other functions are at zero, or remove what is not needed (docs/operations.md, Environments).`,
  )
}

export const functionsOf = (objects: readonly Json[]) => objects.filter(isFunction)

/** The certificate first: the gateway takes the host up once, with what it needs, and is not changed under requests. */
export async function applyHost(objects: readonly Json[], namespace: string): Promise<void> {
  const host = objectsOf(objects, 'ingress')
  const isCertificate = (object: Json) => text(object, 'kind') === 'Certificate'
  for (const certificate of host.filter(isCertificate)) {
    await apply([certificate])
    await waitFor('certificates.cert-manager.io', certificate, '300s')
  }
  await apply(host.filter(object => !isCertificate(object)))
  const api = { metadata: { name: 'api', namespace } }
  await waitFor('ingresses.networking.internal.knative.dev', api, '120s')
}

async function waitFor(kind: string, object: Json, timeout: string): Promise<void> {
  const [name = '', namespace = ''] = [
    text(object, 'metadata', 'name'),
    text(object, 'metadata', 'namespace'),
  ]
  const until = ['--for=condition=Ready', `--timeout=${timeout}`]
  await kubectlSlowly(['wait', `${kind}/${name}`, '--namespace', namespace, ...until])
}
