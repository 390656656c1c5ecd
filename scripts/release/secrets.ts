import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { get, kubectl, root, run } from '../cluster/command.ts'
import { isRecord, type Json, list, text } from '../manifests/json.ts'
import { addressOf, namespaceOf } from './overlay.ts'
import { Refusal } from './program.ts'
import type { Target } from './target.ts'

/** Names of the Secrets that the environment's objects refer to in its namespace, wherever they do. */
export function secretsReferredTo(objects: readonly Json[]): readonly string[] {
  const names = new Set<string>()
  const visit = (value: Json, key: string): void => {
    if (Array.isArray(value)) for (const element of value) visit(element, key)
    else if (isRecord(value)) {
      if (key === 'secretKeyRef' || key === 'secretRef') names.add(text(value, 'name') ?? '')
      if (typeof value['secretName'] === 'string') names.add(value['secretName'])
      for (const [member, inner] of Object.entries(value)) visit(inner, member)
    }
  }
  // cert-manager fills the Secret that a Certificate names.
  const filled = objects.flatMap(object =>
    text(object, 'kind') === 'Certificate' ? [text(object, 'spec', 'secretName') ?? ''] : [],
  )
  const namespace = namespaceOf(objects)
  for (const object of objects) if (text(object, 'metadata', 'namespace') === namespace) visit(object, '')
  return [...names].filter(name => !filled.includes(name)).sort()
}

export async function missingSecrets(
  objects: readonly Json[],
  namespace: string,
): Promise<readonly string[]> {
  const there = list(await get('secrets', '--namespace', namespace), 'items').map(secret =>
    text(secret, 'metadata', 'name'),
  )
  return secretsReferredTo(objects).filter(name => !there.includes(name))
}

const certificateSecret = 'api-tls'

/** What is made for a phase that lacks it. */
export interface NewSecrets {
  readonly values: boolean
  readonly certificate: boolean
}

/** Undefined where some values are there and others are not: they belong together, so none can be made on its own. */
export function secretsToMake(
  referredTo: readonly string[],
  missing: readonly string[],
): NewSecrets | undefined {
  const isValue = (name: string) => name !== certificateSecret
  const missingValues = missing.filter(isValue).length
  if (missingValues > 0 && missingValues < referredTo.filter(isValue).length) return undefined
  return { values: missingValues > 0, certificate: missing.includes(certificateSecret) }
}

/** A phase's Secrets are made here when it lacks them; anywhere else a missing one is somebody's to bring. */
export async function requireSecrets({ environment, objects, namespace }: Target): Promise<NewSecrets> {
  const missing = await missingSecrets(objects, namespace)
  const isPhase = environment.startsWith('phase')
  const toMake = secretsToMake(secretsReferredTo(objects), missing)
  if (toMake !== undefined && (isPhase || missing.length === 0)) return toMake
  const remedy =
    environment === 'kind'
      ? 'make up makes them.'
      : isPhase
        ? `begin anew, without its data: kubectl delete namespace ${namespace}`
        : 'the kustomization.yaml of the base and of each component says what each one holds.'
  throw new Refusal(`the namespace ${namespace} lacks the Secrets ${missing.join(', ')}; ${remedy}`)
}

/** Random values, and a certificate by this checkout's CA for the phase's host. Written nowhere but in the cluster. */
export async function makeSecrets({ objects }: Target, toMake: NewSecrets): Promise<void> {
  const namespace = namespaceOf(objects)
  if (toMake.values) await makeValues(objects, namespace)
  const host = addressOf(objects).hosts[0]
  if (toMake.certificate && host !== undefined) await makeCertificate(host, namespace)
}

async function makeValues(objects: readonly Json[], namespace: string): Promise<void> {
  const hasBouncer = secretsReferredTo(objects).includes('pgbouncer')
  const folder = mkdtempSync(join(tmpdir(), 'iod-secrets-'))
  try {
    const file = join(folder, 'secrets.json')
    const database = hasBouncer ? 'pgbouncer:6432' : 'postgres:5432'
    await run('node', [join(root, 'scripts/secrets.ts'), file, namespace, database])
    await kubectl(['apply', '--server-side', '--filename', file])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function makeCertificate(host: string, namespace: string): Promise<void> {
  await run(join(root, 'kind/host-certificate.sh'), [host])
  const read = (ending: string) => readFileSync(join(root, `.kube/certificates/${host}.${ending}`), 'utf8')
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: certificateSecret, namespace },
    stringData: { 'tls.crt': read('crt'), 'tls.key': read('key') },
  }
  await kubectl(['apply', '--server-side', '--filename', '-'], { input: JSON.stringify(secret) })
}
