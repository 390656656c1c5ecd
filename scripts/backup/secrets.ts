import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { UsageError } from '../cli/options.ts'
import { root } from '../cluster/command.ts'
import { apply, applyServerSide, get, kindOf } from '../cluster/kubectl.ts'
import { decodeValues } from '../cluster/secret-data.ts'
import { openDataFolder } from '../dev/data-folder.ts'
import { secretsReferredTo } from '../manifests/secret-references.ts'
import { requireCluster, type Target } from '../release/target.ts'
import { writeSecretValues } from '../secrets/secrets.ts'

const Secret = v.object({ type: v.string(), data: v.record(v.string(), v.string()) })

/** What an archive of `make backup` lacks, of `make dev` or of a cluster. */
export const ExportedSecrets = v.variant('of', [
  v.object({ of: v.literal('dev'), files: v.record(v.string(), v.string()) }),
  v.object({
    of: v.literal('cluster'),
    /** By name; values in base64, as Kubernetes has them. */
    secrets: v.record(v.string(), Secret),
  }),
])
export type ExportedSecrets = v.InferOutput<typeof ExportedSecrets>

/** The pepper, cursor secrets and the passwords of the servers; the private keys of access tokens. */
const devFiles = ['secrets.json', 'signing-keys.json']

export function readDevSecrets(folder: string): ExportedSecrets {
  if (!devFiles.every(name => existsSync(join(folder, name))))
    throw new UsageError('`make dev` has no Secrets yet: start it once, or name a cluster by ON=cluster.')
  const files = devFiles.map(name => [name, readFileSync(join(folder, name), 'utf8')])
  return { of: 'dev', files: Object.fromEntries(files) }
}

/** Only where there are none: a database remembers the password that it was made with. */
export function writeDevSecrets(folder: string, files: Readonly<Record<string, string>>): void {
  openDataFolder(folder)
  for (const name of devFiles)
    if (existsSync(join(folder, name)))
      throw new UsageError(`${join(folder, name)} is there already: move it away.`)
  for (const name of devFiles) writeFileSync(join(folder, name), files[name] ?? '', { mode: 0o600 })
}

export async function readClusterSecrets({ objects, namespace }: Target): Promise<ExportedSecrets> {
  const names = secretsReferredTo(objects)
  const secrets = await Promise.all(
    names.map(async name => {
      const secret = await get`secret ${name} --namespace ${namespace}`
      if (secret === undefined) throw new UsageError(`the namespace ${namespace} has no Secret ${name}.`)
      return [name, v.parse(Secret, secret)] as const
    }),
  )
  return { of: 'cluster', secrets: Object.fromEntries(secrets) }
}

type ClusterSecrets = Extract<ExportedSecrets, { readonly of: 'cluster' }>['secrets']

/**
 * Puts the Secrets where the next deployment finds them. Refuses to replace one: what runs would keep the old values
 * until its next start.
 */
export async function writeClusterSecrets(target: Target, secrets: ClusterSecrets): Promise<void> {
  if (target.environment === 'kind') writeLocalSecrets(target.namespace, secrets)
  else await createSecrets(target, secrets)
}

/** `make up` creates the local cluster's Secrets from this file, and a new cluster where the database's password differs. */
const localFile = join(root, '.kube/secrets.json')

function writeLocalSecrets(namespace: string, secrets: ClusterSecrets): void {
  if (existsSync(localFile)) throw new UsageError(`${localFile} is there already: \`make down\` removes it.`)
  const values = Object.entries(secrets).map(([name, { data }]) => [name, decodeValues(data)])
  writeSecretValues(localFile, namespace, Object.fromEntries(values))
}

async function createSecrets(
  { environment, namespace, objects }: Target,
  secrets: ClusterSecrets,
): Promise<void> {
  await requireCluster(environment)
  for (const name of Object.keys(secrets))
    if ((await get`secret ${name} --namespace ${namespace}`) !== undefined)
      throw new UsageError(`the Secret ${name} is there already: delete it first.`)
  // A new cluster has no namespace yet.
  await apply(objects.filter(object => kindOf(object) === 'Namespace'))
  await applyServerSide(
    Object.entries(secrets).map(([name, { type, data }]) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      type,
      metadata: { name, namespace },
      data,
    })),
  )
}
