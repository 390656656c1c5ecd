import { at, type Json, list, text } from './json.ts'
import { isFunction, isPostgresCluster, nameOf, podSpec } from './rules.ts'

/** Connections reserved for the migration, monitoring and a person who investigates. */
export const reserve = 15

export interface ConnectionBudget {
  /** The connections that all instances of all functions open together at most. */
  readonly wanted: number
  readonly allowed: number
  /** The server that accepts them: Postgres, or PgBouncer, whose own connections are a separate budget. */
  readonly from: 'postgres' | 'pgbouncer'
}

/** The budgets of one environment; each holds when `wanted` is at most `allowed`. */
export function connectionBudgets(objects: readonly Json[]): readonly ConnectionBudget[] {
  const poolSize = Number(configuration(objects, 'DATABASE_POOL_SIZE'))
  const cluster = objects.find(isPostgresCluster)
  // A pool for each database of each function in it; of the replicas, where there are some.
  const pools = (one: Json) =>
    variablesOf(one, 'DATABASE_URL') + (cluster === undefined ? 0 : variablesOf(one, 'DATABASE_READ_URL'))
  const wanted = objects
    .filter(isFunction)
    .reduce<number>((sum, one) => sum + maxScale(one) * poolSize * pools(one), 0)
  const bouncer = named(objects, 'Deployment', 'pgbouncer')
  if (bouncer === undefined)
    return [{ wanted, allowed: postgresConnections(objects) - reserve, from: 'postgres' }]
  const replicas = Number(at(bouncer, 'spec', 'replicas'))
  const assumed = Number(at(bouncer, 'metadata', 'annotations', 'iod-functions/server-max-connections'))
  // One instance may be all that is left of the replicas and then be promoted, with PgBouncer's pools of both databases.
  const databases = cluster === undefined ? 1 : 2
  const server = cluster === undefined ? assumed : clusterConnections(cluster)
  // While one PgBouncer is down, the others serve all clients.
  const clients = Math.max(replicas - 1, 1) * bouncerSetting(objects, 'max_client_conn')
  const servers = replicas * databases * bouncerSetting(objects, 'max_db_connections')
  return [
    { wanted, allowed: clients, from: 'pgbouncer' },
    { wanted: servers, allowed: server - reserve, from: 'postgres' },
  ]
}

function maxScale(service: Json): number {
  const annotations = at(service, 'spec', 'template', 'metadata', 'annotations')
  const value = text(annotations, 'autoscaling.knative.dev/max-scale')
  // Knative sets no bound without the annotation, or with 0.
  return Number(value ?? 0) || Number.POSITIVE_INFINITY
}

/** How many functions of a Knative Service have the variable: with several of them, its name comes after theirs. */
const variablesOf = (service: Json, variable: string) =>
  list(podSpec(service), 'containers', 0, 'env')
    .map(one => text(one, 'name') ?? '')
    .filter(name => name === variable || name.endsWith(`_${variable}`)).length

const named = (objects: readonly Json[], kind: string, name: string) =>
  objects.find(object => nameOf(object) === `${kind} ${name}`)

function postgresConnections(objects: readonly Json[]): number {
  const server = named(objects, 'StatefulSet', 'postgres')
  const args = server === undefined ? [] : list(podSpec(server), 'containers', 0, 'args').map(String)
  return Number(args.find(argument => argument.startsWith('max_connections='))?.split('=')[1])
}

const clusterConnections = (cluster: Json) =>
  Number(text(cluster, 'spec', 'postgresql', 'parameters', 'max_connections'))

const generated = (objects: readonly Json[], prefix: string) =>
  objects.find(object => nameOf(object).startsWith(`ConfigMap ${prefix}-`))

const configuration = (objects: readonly Json[], name: string) =>
  text(generated(objects, 'functions'), 'data', name)

function bouncerSetting(objects: readonly Json[], name: string): number {
  const settings = text(generated(objects, 'pgbouncer'), 'data', 'pgbouncer.ini') ?? ''
  return Number(new RegExp(`^${name} = (\\d+)$`, 'm').exec(settings)?.[1])
}
