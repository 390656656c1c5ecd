// The signing keys of a cluster: the Secrets `jwks` and `auth`, and the pods that were started with them.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { functionNames } from '../functions/registry.ts'
import type { PrivateJwk } from '../functions/shared/key-set.ts'
import { get, kubectl, kubectlSlowly } from './cluster/command.ts'
import { publicKeys, type Rotation } from './key-rotation.ts'

const namespace = process.env['NAMESPACE'] ?? 'iod'
/** Beside its KUBECONFIG `make up` keeps what it made the Secrets from, and applies that again with each run. */
const localSecrets = join(dirname(process.env['KUBECONFIG'] ?? ''), 'secrets.json')

const setOf = (keys: readonly unknown[]) => JSON.stringify({ keys })

/** Puts what `begin` makes of the private JWKS into the Secrets, and then into the functions that run. */
export async function rotateClusterKeys(begin: (privateKeys: string) => Rotation): Promise<Rotation> {
  const path = 'jsonpath={.data.signing-keys\\.json}'
  const encoded = await kubectl(['--namespace', namespace, 'get', 'secret', 'auth', '--output', path])
  const rotation = begin(Buffer.from(encoded, 'base64').toString())
  await keep(rotation.keys)
  await replacePods()
  return rotation
}

async function keep(keys: readonly PrivateJwk[]): Promise<void> {
  const values = {
    jwks: { 'keys.json': setOf(publicKeys(keys)) },
    auth: { 'signing-keys.json': setOf(keys) },
  }
  if (existsSync(localSecrets)) keepInLocalSecrets(values)
  // The public set first: no token may be signed with a key that nobody has.
  await patchSecret('jwks', 'keys.json', values.jwks['keys.json'])
  await patchSecret('auth', 'signing-keys.json', values.auth['signing-keys.json'])
}

/** The value goes through stdin: arguments can be read by every process of the machine. Other keys stay as they are. */
async function patchSecret(name: string, key: string, value: string): Promise<void> {
  const data = { [key]: Buffer.from(value).toString('base64') }
  const secret = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, data })
  const options = ['--server-side', '--force-conflicts', '--field-manager=rotate-keys', '--filename=-']
  await kubectl(['apply', ...options], { input: secret })
}

const SecretList = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({
    items: v.array(
      v.looseObject({
        metadata: v.looseObject({ name: v.string() }),
        stringData: v.record(v.string(), v.string()),
      }),
    ),
  }),
)

function keepInLocalSecrets(values: Readonly<Record<string, Readonly<Record<string, string>>>>): void {
  const list = v.parse(SecretList, readFileSync(localSecrets, 'utf8'))
  const items = list.items.map(item => ({
    ...item,
    stringData: { ...item.stringData, ...values[item.metadata.name] },
  }))
  // Under another name first: whoever reads the file never reads half of it.
  const text = JSON.stringify({ ...list, items }, undefined, 2)
  writeFileSync(`${localSecrets}.new`, text, { mode: 0o600 })
  renameSync(`${localSecrets}.new`, localSecrets)
}

const PodList = v.object({
  items: v.array(
    v.object({
      metadata: v.object({
        name: v.string(),
        labels: v.object({ 'serving.knative.dev/revision': v.string() }),
        deletionTimestamp: v.optional(v.string()),
      }),
    }),
  ),
})

/**
 * A function reads its keys at its start, so those that run are started again, one at a time: the activator keeps
 * requests until the next one is ready, and the old one ends what it has begun. A function at zero has nothing to do.
 */
async function replacePods(): Promise<void> {
  const selector = `--selector=serving.knative.dev/service in (${functionNames.join(', ')})`
  const { items } = v.parse(PodList, await get('pods', '--namespace', namespace, selector))
  for (const { metadata } of items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)) {
    await kubectl([
      '--namespace',
      namespace,
      'delete',
      'pod',
      metadata.name,
      '--wait=false',
      '--ignore-not-found',
    ])
    const deployment = `deployment/${metadata.labels['serving.knative.dev/revision']}-deployment`
    await kubectlSlowly(['--namespace', namespace, 'rollout', 'status', deployment, '--timeout=120s'])
  }
}
