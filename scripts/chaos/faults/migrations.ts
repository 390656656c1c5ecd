// Migrations next to the running functions, each as a Job of the deployed image with one more file.

import { advisoryLocks } from '../../../functions/migrate/advisory-locks.ts'
import { until } from '../../cli/until.ts'
import { apply, get, kubectl } from '../../cluster/kubectl.ts'
import { psql } from '../../cluster/psql.ts'
import { at, isRecord, type Json } from '../../manifests/json.ts'
import { type Cluster, type Fault, unavailable, unseen } from '../fault.ts'
import { signal } from '../node.ts'

const label = { 'iod-functions/chaos': 'migration' }
const selector = 'iod-functions/chaos=migration'
const file = '9999-chaos.sql'

/** Starts Jobs like that of the deployment, under other names and with one more migration. */
async function jobs({ namespace }: Cluster, count: number, sql: string): Promise<readonly string[]> {
  const deployed = await get`job migrate --namespace ${namespace}`
  const spec = at(deployed, 'spec', 'template', 'spec')
  const container = at(spec, 'containers', 0)
  if (!isRecord(spec) || !isRecord(container)) throw new Error('there is no Job migrate')
  const path = `/app/functions/migrate/migrations/${file}`
  const one: Json = {
    ...container,
    volumeMounts: [{ name: 'chaos', mountPath: path, subPath: file }],
    resources: { requests: { cpu: '1m', memory: '1Mi' } },
  }
  const volumes = [{ name: 'chaos', configMap: { name: 'chaos-migration' } }]
  const template: Json = { metadata: { labels: label }, spec: { ...spec, containers: [one], volumes } }
  const names = Array.from({ length: count }, (_, index) => `chaos-migrate-${index}`)
  const objects: Json[] = names.map(name => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels: label },
    spec: { backoffLimit: 0, activeDeadlineSeconds: 300, template },
  }))
  const map: Json = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'chaos-migration', namespace, labels: label },
    data: { [file]: sql },
  }
  await apply([map, ...objects])
  return names.map(name => `job/${name}`)
}

const ended = (names: readonly string[], condition: string, { namespace }: Cluster) =>
  kubectl`wait ${names} --namespace ${namespace} --for=condition=${condition} --timeout=300s`

/** Runs `work`, and then takes back whatever a migration of it has left. */
const cleaningUp = (work: (cluster: Cluster) => Promise<void>) => async (cluster: Cluster) => {
  try {
    await work(cluster)
  } finally {
    await kubectl`delete jobs,configmaps --namespace ${cluster.namespace} --selector ${selector}`
    await psql(
      cluster.namespace,
      'delete from public.migrations where number = 9999; alter table posts.posts drop column if exists chaos',
    )
  }
}

const applied = async ({ namespace }: Cluster) =>
  (await psql(
    namespace,
    `select (select count(*) from public.migrations where number = 9999) || '/' ||
      (select count(*) from information_schema.columns where table_schema = 'posts' and column_name = 'chaos')`,
  )) === '1/1'

const require = (condition: boolean, what: string) => {
  if (!condition) throw new Error(what)
}

const addColumn = 'alter table posts.posts add column chaos integer;'

async function whileServing(cluster: Cluster): Promise<void> {
  await ended(await jobs(cluster, 1, addColumn), 'Complete', cluster)
  require(await applied(cluster), 'the migration was not applied')
  await cluster.hold(3)
}

async function failing(cluster: Cluster): Promise<void> {
  await ended(await jobs(cluster, 1, `${addColumn} select 1 / 0;`), 'Failed', cluster)
  require(!(await applied(cluster)), 'half a migration was applied')
}

async function twenty(cluster: Cluster): Promise<void> {
  await ended(await jobs(cluster, 20, addColumn), 'Complete', cluster)
  require(await applied(cluster), 'the migration was not applied exactly once')
}

/** Kills the Job between two statements; the next Job finds no partial change and applies the migration. */
async function interrupted(cluster: Cluster): Promise<void> {
  const { namespace } = cluster
  const names = await jobs(cluster, 1, `${addColumn} select pg_sleep(60);`)
  const isAtWork = `select count(*) > 0 from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()`
  // posts.posts is locked from here on: as short as the kill takes.
  await until('the migration runs', async () => (await psql(namespace, isAtWork)) === 't')
  await signal('KILL', { namespace, container: 'migrate', pod: 'chaos-migrate' })
  await ended(names, 'Failed', cluster)
  // Postgres notices the lost client when it next writes to it; ending the session is what its keepalive would do.
  await psql(
    namespace,
    "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()",
  )
  require(!(await applied(cluster)), 'half a migration was applied')
  await kubectl`delete jobs --namespace ${namespace} --selector ${selector}`
  await ended(await jobs(cluster, 1, addColumn), 'Complete', cluster)
  require(await applied(cluster), 'the migration was not applied after the interrupted one')
  require((await psql(
    namespace,
    `select count(*) from pg_locks where locktype = 'advisory' and objid = ${advisoryLocks.migrations}`,
  )) === '0', 'the lock of the migrations is still held')
}

export const migrationFaults: readonly Fault[] = [
  unseen('migration', 'a column added while the functions serve', cleaningUp(whileServing)),
  unseen('migration-failing', 'a migration that fails at its end', cleaningUp(failing)),
  unseen('migration-20', '20 migration Jobs at once', cleaningUp(twenty)),
  unavailable('migration-killed', 'a migration Job killed with KILL at work', cleaningUp(interrupted)),
]
