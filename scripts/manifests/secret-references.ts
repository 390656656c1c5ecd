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

/** The servers of an environment's Postgres, each as `HOST:PORT`. */
export interface DatabaseServers {
  /** The single server, or the primary of several instances: for migrations, and behind PgBouncer. */
  readonly primary: string
  /** What functions connect to. */
  readonly forFunctions: string
  /**
   * The replicas. The functions reach them through PgBouncer: a wake takes a connection that is open, and all instances of
   * posts together open more than the one replica that is left in a failure has.
   */
  readonly replica?: string
}

/** Of an overlay without instances, of compose, and in the Secrets that a provider's servers replace. */
export const singleServer: DatabaseServers = { primary: 'postgres:5432', forFunctions: 'postgres:5432' }

export function databaseServersOf(objects: readonly Json[]): DatabaseServers {
  const servers = objects.some(isPostgresCluster)
    ? { primary: 'postgres-rw:5432', replica: 'postgres-ro:5432' }
    : singleServer
  const usesPgbouncer = secretsReferredTo(objects).includes('pgbouncer')
  return { ...servers, forFunctions: usesPgbouncer ? 'pgbouncer:6432' : servers.primary }
}
