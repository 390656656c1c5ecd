import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { UsageError } from '../cli/options.ts'
import { root, run } from '../cluster/command.ts'
import { applyServerSide, getItems, kubectl, nameOf } from '../cluster/kubectl.ts'
import { findServer } from '../cluster/psql.ts'
import { valuesOf } from '../cluster/secret-data.ts'
import type { Json } from '../manifests/json.ts'
import { databaseServersOf, secretsReferredTo } from '../manifests/secret-references.ts'
import { clusterSecrets, secretList } from '../secrets/cluster-secrets.ts'
import { hostOf } from './overlay.ts'
import { isPhase, type Target } from './target.ts'

export async function missingSecrets({ objects, namespace }: Target): Promise<readonly string[]> {
  const present = (await getItems`secrets --namespace ${namespace}`).map(nameOf)
  return secretsReferredTo(objects).filter(name => !present.includes(name))
}

const certificateSecret = 'api-tls'

/** The Secrets that a rollout creates. */
export interface NewSecrets {
  readonly values: boolean
  readonly certificate: boolean
}

/** Returns undefined when some values exist and others do not: they belong together, so none can be created alone. */
export function secretsToMake(
  referredTo: readonly string[],
  missing: readonly string[],
): NewSecrets | undefined {
  const isValue = (name: string) => name !== certificateSecret
  const missingValues = missing.filter(isValue).length
  if (missingValues > 0 && missingValues < referredTo.filter(isValue).length) return undefined
  return { values: missingValues > 0, certificate: missing.includes(certificateSecret) }
}

/** A rollout creates the Secrets of a phase; anywhere else a person provides them. */
export async function requireSecrets(target: Target, file: string | undefined): Promise<NewSecrets> {
  if (file !== undefined) return { values: true, certificate: false }
  const { environment, objects, namespace } = target
  const missing = await missingSecrets(target)
  const toMake = secretsToMake(secretsReferredTo(objects), missing)
  // Those of a phase are applied each time, for what a newer version adds.
  if (toMake !== undefined && isPhase(environment)) return { ...toMake, values: true }
  if (missing.length === 0) return { values: false, certificate: false }
  // A deployment that was stopped between its first Secrets: nothing has read them yet.
  if (isPhase(environment) && (await findServer(namespace)) === undefined)
    return { values: true, certificate: missing.includes(certificateSecret) }
  const remedy = isPhase(environment)
    ? `start again without its data: kubectl delete namespace ${namespace}`
    : environment === 'kind'
      ? 'make up creates them.'
      : 'docs/operations.md has the commands that create them, the kustomization.yaml of the base and of each component their content.'
  throw new UsageError(`the namespace ${namespace} lacks the Secrets ${missing.join(', ')}; ${remedy}`)
}

/**
 * Applies the values, random ones where there are none, and a certificate for the phase's host by this checkout's CA. They are
 * stored in the cluster only.
 */
export async function makeSecrets(
  { objects, namespace }: Target,
  toMake: NewSecrets,
  file: string | undefined,
): Promise<void> {
  if (file !== undefined) await kubectl`apply --server-side --filename ${file}`
  else if (toMake.values) await makeValues(objects, namespace)
  if (toMake.certificate) await makeCertificate(hostOf(objects), namespace)
}

/**
 * Secrets that exist keep their values, and get what they lack and the rights in Redis of this version. One that lacks nothing
 * is not written: its keys may be rotated at the same time. Where some are missing, a stopped deployment made the others, and
 * new ones replace them, since all belong together.
 */
async function makeValues(objects: readonly Json[], namespace: string): Promise<void> {
  const found = await getItems`secrets --namespace ${namespace}`
  const values = Object.fromEntries(found.map(secret => [nameOf(secret), valuesOf(secret)]))
  const isWhole = secretsReferredTo(objects).every(name => name in values || name === certificateSecret)
  const secrets = clusterSecrets(isWhole ? values : {}, databaseServersOf(objects))
  const changed = Object.entries(secrets).filter(([name, data]) => !isDeepStrictEqual(data, values[name]))
  await applyServerSide(secretList(Object.fromEntries(changed), namespace).items)
}

async function makeCertificate(host: string, namespace: string): Promise<void> {
  await run`kind/host-certificate.sh ${host}`
  const read = (ending: string) => readFileSync(join(root, `.kube/certificates/${host}.${ending}`), 'utf8')
  await applyServerSide([
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: { name: certificateSecret, namespace },
      stringData: { 'tls.crt': read('crt'), 'tls.key': read('key') },
    },
  ])
}
