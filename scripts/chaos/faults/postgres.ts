import { until } from '../../cli/until.ts'
import { kubectl } from '../../cluster/kubectl.ts'
import { psql } from '../../cluster/psql.ts'
import { type Cluster, type Fault, unavailable, unseen } from '../fault.ts'
import { signal, whileStopped } from '../node.ts'

const untilAnswering = ({ namespace }: Cluster) =>
  until('Postgres answers', async () => (await psql(namespace, 'select 1')) === '1', 90)

async function restart(cluster: Cluster): Promise<void> {
  await kubectl`delete pod postgres-0 --namespace ${cluster.namespace}`
  await untilAnswering(cluster)
}

async function kill(cluster: Cluster): Promise<void> {
  await signal('KILL', { namespace: cluster.namespace, container: 'postgres' })
  await untilAnswering(cluster)
}

const stop = ({ namespace, hold }: Cluster) =>
  whileStopped({ namespace, container: 'postgres' }, () => hold(10))

/** Others take all connections that are not kept for the superuser, for ten seconds. */
async function exhaust({ namespace, hold }: Cluster): Promise<void> {
  const wake = "select pg_terminate_backend(pid) from pg_stat_activity where usename like 'iod_%'"
  const connect = `export PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
    for i in $(seq 120); do psql -h 127.0.0.1 -U postgres -d iod -qtAc 'select pg_sleep(10)' >/dev/null 2>&1 & done
    wait`
  const held = kubectl`exec --namespace ${namespace} postgres-0 -- ${['sh', '-c', connect]}`
  await hold(3)
  await psql(namespace, wake).catch(() => undefined)
  await held.catch(() => undefined)
}

async function readOnly({ namespace, hold }: Cluster): Promise<void> {
  const reload = 'select pg_reload_conf()'
  const alter = (change: string) => psql(namespace, `alter system ${change};\n${reload}`)
  await alter('set default_transaction_read_only = on')
  try {
    await hold(8)
  } finally {
    await alter('reset default_transaction_read_only')
  }
}

/** What Postgres reports when it cannot extend a file; filling the disk of this machine would hit everything on it. */
async function diskFull({ namespace, hold }: Cluster): Promise<void> {
  await psql(
    namespace,
    `create function public.chaos_disk_full() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
    create trigger chaos before insert or update on posts.posts execute function public.chaos_disk_full();
    create trigger chaos before insert on posts.comments execute function public.chaos_disk_full();`,
  )
  try {
    await hold(8)
  } finally {
    await psql(namespace, 'drop function public.chaos_disk_full() cascade')
  }
}

const slowStatement = ({ namespace }: Cluster) =>
  psql(namespace, 'select count(sqrt(number)) from generate_series(1, 20000000) number').then(() => undefined)

const holdLock = ({ namespace }: Cluster) =>
  psql(namespace, 'begin; lock table posts.posts in access exclusive mode; select pg_sleep(10); commit').then(
    () => undefined,
  )

export const postgresFaults: readonly Fault[] = [
  unavailable('postgres-restarted', 'Postgres: pod deleted', restart, 30_000),
  unavailable('postgres-killed', 'Postgres: all processes killed with KILL', kill, 20_000),
  unavailable('postgres-stopped', 'Postgres stopped for 10 s (SIGSTOP)', stop, 20_000),
  unavailable('postgres-connections', 'all connections taken for 10 s', exhaust, 20_000),
  unavailable('postgres-read-only', 'Postgres read-only for 8 s', readOnly),
  unavailable('postgres-disk', 'writes of posts and comments answer “disk full” for 8 s', diskFull),
  unseen('postgres-slow', 'one statement that takes a core for seconds', slowStatement),
  unavailable('postgres-lock', 'posts.posts locked exclusively for 10 s', holdLock),
]
