// Redis and PgBouncer read the list of their users when they start.
import { createHash } from 'node:crypto'
import { get } from '../cluster/kubectl.ts'
import { isRecord, type Json, list, text } from '../manifests/json.ts'
import { podSpec } from '../manifests/rules.ts'

const annotation = 'iod-functions/users'
const listOf: Readonly<Record<string, string>> = { redis: 'users.acl', pgbouncer: 'userlist.txt' }

/**
 * Returns the objects with the hash of the list in the template of each pod that mounts one, so that applying them
 * restarts a server whose users have changed, and no other.
 */
export async function withUserHashes(objects: readonly Json[], namespace: string): Promise<readonly Json[]> {
  const hashes = new Map<string, string>()
  for (const [secret, key] of Object.entries(listOf)) {
    const users = text(await get`secret ${secret} --namespace ${namespace}`, 'data', key)
    if (users !== undefined) hashes.set(secret, createHash('sha256').update(users).digest('hex').slice(0, 16))
  }
  return objects.map(object => {
    const mounted = list(podSpec(object), 'volumes').map(volume => text(volume, 'secret', 'secretName') ?? '')
    const [hash] = mounted.flatMap(secret => hashes.get(secret) ?? [])
    return hash === undefined ? object : annotated(object, hash)
  })
}

function annotated(object: Json, hash: string): Json {
  const copy = structuredClone(object)
  const template = isRecord(copy) && isRecord(copy['spec']) ? copy['spec']['template'] : undefined
  if (!isRecord(template)) return object
  const metadata = isRecord(template['metadata']) ? template['metadata'] : {}
  const annotations = isRecord(metadata['annotations']) ? metadata['annotations'] : {}
  template['metadata'] = { ...metadata, annotations: { ...annotations, [annotation]: hash } }
  return copy
}
