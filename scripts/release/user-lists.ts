// Redis reads the list of its users when it starts, and PgBouncer also where Postgres is.
import { createHash } from 'node:crypto'
import { get } from '../cluster/kubectl.ts'
import { type Json, list, merged, text } from '../manifests/json.ts'

const annotation = 'iod-functions/users'
const keysOf: Readonly<Record<string, readonly string[]>> = {
  redis: ['users.acl'],
  pgbouncer: ['userlist.txt', 'databases.ini', 'ca.crt'],
}

/**
 * Returns the objects with the hash of what it reads in the template of each pod that mounts one of the Secrets, so that
 * applying them restarts a server for which that has changed, and no other.
 */
export async function withUserHashes(objects: readonly Json[], namespace: string): Promise<readonly Json[]> {
  const hashes = new Map<string, string>()
  for (const [name, keys] of Object.entries(keysOf)) {
    const secret = await get`secret ${name} --namespace ${namespace}`
    const read = keys.flatMap(key => text(secret, 'data', key) ?? [])
    if (read.length > 0) hashes.set(name, createHash('sha256').update(read.join()).digest('hex').slice(0, 16))
  }
  return objects.map(object => {
    const mounted = list(object, 'spec', 'template', 'spec', 'volumes').map(
      volume => text(volume, 'secret', 'secretName') ?? '',
    )
    const [hash] = mounted.flatMap(secret => hashes.get(secret) ?? [])
    return hash === undefined ? object : merged(object, annotated(hash))
  })
}

const annotated = (hash: string) => ({
  spec: { template: { metadata: { annotations: { [annotation]: hash } } } },
})
