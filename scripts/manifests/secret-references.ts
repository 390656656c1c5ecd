import { kindOf } from '../cluster/kubectl.ts'
import { namespaceOf } from '../release/overlay.ts'
import { isRecord, type Json, text } from './json.ts'
import { isPostgresCluster } from './rules.ts'

/** Members that refer to a Secret by its name: of Kubernetes, of a Cluster, of an ObjectStore. */
const referenceKeys = ['secretKeyRef', 'secretRef', 'superuserSecret', 'accessKeyId', 'secretAccessKey']

/** Returns the names of the Secrets that the objects of the environment's namespace refer to. */
export function secretsReferredTo(objects: readonly Json[]): readonly string[] {
  const names = new Set<string>()
  const visit = (value: Json, key: string): void => {
    if (Array.isArray(value)) for (const element of value) visit(element, key)
    else if (isRecord(value)) {
      if (referenceKeys.includes(key)) names.add(text(value, 'name') ?? '')
      if (typeof value['secretName'] === 'string') names.add(value['secretName'])
      for (const [member, inner] of Object.entries(value)) visit(inner, member)
    }
  }
  const namespace = namespaceOf(objects)
  for (const object of objects) if (text(object, 'metadata', 'namespace') === namespace) visit(object, '')
  // cert-manager fills the Secret that a Certificate names.
  for (const object of objects)
    if (kindOf(object) === 'Certificate') names.delete(text(object, 'spec', 'secretName') ?? '')
  // CloudNativePG makes the certificates of its clusters.
  for (const cluster of objects.filter(isPostgresCluster))
    for (const ending of ['ca', 'server']) names.delete(`${text(cluster, 'metadata', 'name')}-${ending}`)
  return [...names].sort()
}

/** Returns `HOST:PORT` of the server that the functions of an environment connect to. */
export const functionsDatabaseOf = (objects: readonly Json[]) =>
  secretsReferredTo(objects).includes('pgbouncer') ? 'pgbouncer:6432' : serverOf(objects)

/** Returns `HOST:PORT` of the environment's own Postgres: its single server, or the primary of its instances. */
export const serverOf = (objects: readonly Json[]) =>
  objects.some(isPostgresCluster) ? 'postgres-rw:5432' : 'postgres:5432'

/**
 * Returns `HOST:PORT` of the replicas, where there are some. The functions reach them through PgBouncer: a wake takes a
 * connection that is open, and all instances of posts together open more than the one replica that is left in a failure has.
 */
export const replicaOf = (objects: readonly Json[]) =>
  objects.some(isPostgresCluster) ? 'postgres-ro:5432' : undefined
