import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { UsageError } from '../cli/options.ts'
import { root, run } from '../cluster/command.ts'
import { applyServerSide, getItems, nameOf } from '../cluster/kubectl.ts'
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

/** Not where some values exist and others do not: they belong together, so none can be created alone. */
export function canMakeSecrets(referredTo: readonly string[], missing: readonly string[]): boolean {
  const isValue = (name: string) => name !== certificateSecret
  const missingValues = missing.filter(isValue).length
  return missingValues === 0 || missingValues === referredTo.filter(isValue).length
}

/** A rollout makes the Secrets of a phase; anywhere else a person provides them. Returns whether it makes them. */
export async function requireSecrets(target: Target): Promise<boolean> {
  const { environment, objects, namespace } = target
  const missing = await missingSecrets(target)
  if (isPhase(environment)) {
    if (canMakeSecrets(secretsReferredTo(objects), missing)) return true
    // A deployment that was stopped between its first Secrets: nothing has read them yet.
    if ((await findServer(namespace)) === undefined) return true
  } else if (missing.length === 0) return false
  const remedy = isPhase(environment)
    ? `start again without its data: kubectl delete namespace ${namespace}`
    : environment === 'kind'
      ? 'make up creates them.'
      : 'docs/operations.md has the commands that create them, the kustomization.yaml of the base and of each component their content.'
  throw new UsageError(`the namespace ${namespace} lacks the Secrets ${missing.join(', ')}; ${remedy}`)
}

/** Stored in the cluster only: values, random ones where there are none, and the certificate of the host. */
export async function makeSecrets({ objects, namespace }: Target): Promise<void> {
  await makeValues(objects, namespace)
  if (secretsReferredTo(objects).includes(certificateSecret))
    await makeCertificate(hostOf(objects), namespace)
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

/** By this checkout's authority; the one in the cluster may be another's, imported with the Secrets, or end soon. */
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
