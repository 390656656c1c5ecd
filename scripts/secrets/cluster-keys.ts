// The signing keys of a cluster: the Secrets `jwks` and `auth`, and the pods that have read them.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PrivateJwk } from '../../functions/shared/key-set.ts'
import { clusterEnvironment, get, getItems, kubectl, kubectlWith, nameOf } from '../cluster/kubectl.ts'
import { at, isRecord, type Json, list, text } from '../manifests/json.ts'
import { keySetText, publicKeys, type Rotation } from './key-rotation.ts'

/** Rotates the private JWKS of the Secrets, and replaces the pods that use it. */
export async function rotateClusterKeys(
  namespace: string,
  begin: (privateKeys: string) => Rotation,
): Promise<Rotation> {
  const secret = await get`secret auth --namespace ${namespace}`
  const rotation = begin(Buffer.from(text(secret, 'data', 'signing-keys.json') ?? '', 'base64').toString())
  await storeKeys(namespace, rotation.keys)
  await replacePods(namespace)
  return rotation
}

async function storeKeys(namespace: string, keys: readonly PrivateJwk[]): Promise<void> {
  const values = {
    jwks: { 'keys.json': keySetText(publicKeys(keys)) },
    auth: { 'signing-keys.json': keySetText(keys) },
  }
  storeLocally(values)
  // The public set precedes the private one: no token may carry a signature that nobody can verify.
  for (const [name, data] of Object.entries(values)) await applySecret(name, namespace, data)
}

/** Sends the values through stdin, since every process of the machine can read arguments. Other members stay. */
async function applySecret(name: string, namespace: string, stringData: Readonly<Record<string, string>>) {
  const data = Object.fromEntries(
    Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  )
  const secret = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, data })
  const applySet = kubectlWith({ input: secret })
  await applySet`apply --server-side --force-conflicts --field-manager=rotate-keys --filename=-`
}

/** `make up` applies the file next to its KUBECONFIG at each run, so the file has to have the new keys. */
function storeLocally(values: Readonly<Record<string, Readonly<Record<string, string>>>>): void {
  const config = { ...process.env, ...clusterEnvironment() }['KUBECONFIG']
  const file = join(dirname(config ?? ''), 'secrets.json')
  if (config === undefined || !existsSync(file)) return
  const secrets: Json = JSON.parse(readFileSync(file, 'utf8'))
  for (const secret of list(secrets, 'items')) {
    const stringData = at(secret, 'stringData')
    if (isRecord(stringData)) Object.assign(stringData, values[nameOf(secret)])
  }
  replaceFile(file, JSON.stringify(secrets, undefined, 2))
}

/** Readers of the file never see half of it. */
export function replaceFile(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/**
 * A function reads its keys at its start, so the running pods are replaced, one at a time: the activator holds requests
 * until the next one is ready, and the old one completes its own. Until it has ended, which takes half a minute, it keeps
 * its share of the node: with three such pods at once the new ones had no room. A function at zero needs nothing.
 */
async function replacePods(namespace: string): Promise<void> {
  const ofServices = 'serving.knative.dev/service'
  for (const pod of await getItems`pods --namespace ${namespace} --selector ${ofServices}`) {
    if (text(pod, 'metadata', 'deletionTimestamp') !== undefined) continue
    await kubectl`delete pod ${nameOf(pod)} --namespace ${namespace} --ignore-not-found`
    const revision = text(pod, 'metadata', 'labels', 'serving.knative.dev/revision')
    await kubectl`rollout status deployment/${revision ?? ''}-deployment --namespace ${namespace} --timeout=120s`
  }
}
