// The signing keys of a cluster: the Secrets `jwks` and `auth`, and the pods that have read them.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { functions } from '../../functions/registry.ts'
import type { PrivateJwk } from '../../functions/shared/key-set.ts'
import { UsageError } from '../cli/options.ts'
import { replaceFile } from '../cli/replace-file.ts'
import { clusterEnvironment, get, getItems, kubectl, kubectlWith, nameOf } from '../cluster/kubectl.ts'
import { encodeValues, type Values, valuesOf } from '../cluster/secret-data.ts'
import { at, isRecord, type Json, list, text } from '../manifests/json.ts'
import { keySetText, publicKeys } from './key-rotation.ts'

/** An annotation of the Secret `auth`. */
const rotatedAt = 'iod-functions/keys-rotated-at'

/**
 * The API server's clock, in milliseconds of Unix time: the functions compare keys with their nodes' clocks, and this machine's
 * may differ. Nothing is created.
 */
export async function serverTimeMs(namespace: string): Promise<number> {
  const created =
    await kubectl`create secret generic server-time --namespace ${namespace} --dry-run=server --output=json`
  const timeMs = Date.parse(text(JSON.parse(created), 'metadata', 'creationTimestamp') ?? '')
  if (Number.isNaN(timeMs)) throw new Error('the API server does not tell its time')
  return timeMs
}

/** Reads the private JWKS of the namespace. */
export async function readKeys(namespace: string) {
  const [jwks, auth] = await Promise.all(
    ['jwks', 'auth'].map(name => get`secret ${name} --namespace ${namespace}`),
  )
  // It holds more than the keys: with them alone auth would not start.
  if (auth === undefined)
    throw new UsageError(`the namespace ${namespace} has no Secret auth: make import-secrets, or deploy it.`)
  return {
    /** Undefined where the Secret has lost it. */
    privateKeys: valuesOf(auth)['signing-keys.json'],
    /** When the last rotation began, in milliseconds of Unix time; undefined before the first. */
    rotatedAtMs: Date.parse(text(auth, 'metadata', 'annotations', rotatedAt) ?? '') || undefined,
    /** Stores other keys; rejects when somebody else has stored some since these were read. */
    async store(keys: readonly PrivateJwk[], nowMs: number): Promise<void> {
      const publicValues = { 'keys.json': keySetText(publicKeys(keys)) }
      const privateValues = { 'signing-keys.json': keySetText(keys) }
      storeLocally(namespace, { jwks: publicValues, auth: privateValues })
      // The public set precedes the private one: no token may carry a signature that nobody can verify.
      await applySecret(jwks, { name: 'jwks', namespace }, publicValues)
      const annotations = { [rotatedAt]: new Date(nowMs).toISOString() }
      await applySecret(auth, { name: 'auth', namespace, annotations }, privateValues)
    },
  }
}

/**
 * Sends the values through stdin, since every process of the machine can read arguments. Other members stay. With the
 * version that was read, the API server refuses the change of a Secret that has changed since.
 */
async function applySecret(
  before: Json | undefined,
  metadata: Readonly<Record<string, string | Values>>,
  values: Values,
): Promise<void> {
  const resourceVersion = text(before, 'metadata', 'resourceVersion')
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...metadata, ...(resourceVersion && { resourceVersion }) },
    data: encodeValues(values),
  }
  const applySet = kubectlWith({ input: JSON.stringify(secret) })
  await applySet`apply --server-side --force-conflicts --field-manager=rotate-keys --filename=-`
}

/** `make up` applies the file next to its KUBECONFIG at each run, so the file has to have the new keys of its namespace. */
function storeLocally(namespace: string, values: Readonly<Record<string, Values>>): void {
  const config = { ...process.env, ...clusterEnvironment() }['KUBECONFIG']
  const file = join(dirname(config ?? ''), 'secrets.json')
  if (config === undefined || !existsSync(file)) return
  const secrets: Json = JSON.parse(readFileSync(file, 'utf8'))
  for (const secret of list(secrets, 'items')) {
    const stringData = at(secret, 'stringData')
    if (isRecord(stringData) && text(secret, 'metadata', 'namespace') === namespace)
      Object.assign(stringData, values[nameOf(secret)])
  }
  replaceFile(file, JSON.stringify(secrets, undefined, 2))
}

/** From the time of a rotation until the Secrets have its keys, with a slow API server. */
const storingMs = 60_000

/** Returns the pods that may have read the keys from before the rotation that began at this time. */
export async function podsBefore(beganAtMs: number, namespace: string): Promise<readonly Json[]> {
  const created = (pod: Json) => Date.parse(text(pod, 'metadata', 'creationTimestamp') ?? '')
  return (await podsOfFunctions(namespace)).filter(pod => created(pod) <= beganAtMs + storingMs)
}

export async function podsOfFunctions(namespace: string): Promise<readonly Json[]> {
  const ofServices = 'serving.knative.dev/service'
  const pods = await getItems`pods --namespace ${namespace} --selector ${ofServices}`
  return pods.filter(pod => text(pod, 'metadata', 'deletionTimestamp') === undefined)
}

const signers: readonly string[] = functions
  .filter(({ secrets }) => Object.values<string>(secrets).includes('private-keys'))
  .map(({ name }) => name)

const signs = (pod: Json) =>
  signers.includes(text(pod, 'metadata', 'labels', 'serving.knative.dev/service') ?? '')

/** A verifier that is replaced late accepts a stolen key longer, and does not know the key that a new signer uses. */
const verifiersFirst = (pods: readonly Json[]) =>
  pods.toSorted((one, other) => Number(signs(one)) - Number(signs(other)))

/**
 * A function reads its keys at its start, so the running pods are replaced, one at a time: the activator holds requests
 * until the next one is ready, and the old one completes its own. Until it has ended, which takes half a minute, it keeps
 * its share of the node: with three such pods at once the new ones had no room. A function at zero needs nothing.
 */
export async function replacePods(pods: readonly Json[], namespace: string): Promise<void> {
  for (const pod of verifiersFirst(pods)) {
    await kubectl`delete pod ${nameOf(pod)} --namespace ${namespace} --ignore-not-found`
    const revision = text(pod, 'metadata', 'labels', 'serving.knative.dev/revision')
    await kubectl`rollout status deployment/${revision ?? ''}-deployment --namespace ${namespace} --timeout=120s`
  }
}
