import { psql } from '../cluster/psql.ts'
import { at, isRecord, type Json, list, text } from '../manifests/json.ts'
import type { PostgresState } from './snapshot.ts'

const counts = `select json_build_object(
  'maxConnections', current_setting('max_connections')::int,
  'connections', (select count(*) from pg_stat_activity where backend_type = 'client backend'),
  'byRole', (select json_object_agg(usename, n) from (
    select usename, count(*) as n from pg_stat_activity
    where backend_type = 'client backend' group by usename) as roles),
  'hasStatements', to_regclass('public.pg_stat_statements') is not null)`

/** Faster statements are not shown. */
const slowMs = 10

const statements = `select coalesce(json_agg(s), '[]') from (
  select round(mean_exec_time::numeric, 1) as "meanMs", calls, regexp_replace(query, '\\s+', ' ', 'g') as text
  from pg_stat_statements join pg_roles on pg_roles.oid = userid
  where rolname like 'iod\\_%' and mean_exec_time > ${slowMs} order by mean_exec_time desc limit 5) as s`

const running = `select coalesce(json_agg(s), '[]') from (
  select round(extract(epoch from now() - query_start)::numeric * 1000) as "meanMs", 1 as calls,
    regexp_replace(query, '\\s+', ' ', 'g') as text
  from pg_stat_activity where state = 'active' and usename like 'iod\\_%'
    and now() - query_start > interval '${slowMs} ms' order by query_start limit 5) as s`

const query = async (namespace: string, sql: string): Promise<Json> => JSON.parse(await psql(namespace, sql))

/** Reads the namespace's own Postgres; a provider has a monitor for the ones that it runs. */
export async function readPostgres(namespace: string): Promise<PostgresState> {
  const found = await query(namespace, counts)
  const hasStatements = at(found, 'hasStatements') === true
  const slow = await query(namespace, hasStatements ? statements : running)
  const byRole = at(found, 'byRole')
  return {
    connections: Number(at(found, 'connections')),
    maxConnections: Number(at(found, 'maxConnections')),
    byRole: Object.fromEntries(
      Object.entries(isRecord(byRole) ? byRole : {}).map(([role, count]) => [role, Number(count)]),
    ),
    slowStatements: list(slow).map(one => ({
      meanMs: Number(at(one, 'meanMs')),
      calls: Number(at(one, 'calls')),
      text: (text(one, 'text') ?? '').slice(0, 200),
    })),
    slowSource: hasStatements ? 'pg_stat_statements' : 'pg_stat_activity',
  }
}
