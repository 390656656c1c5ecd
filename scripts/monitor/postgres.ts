import * as v from 'valibot'
import { psql } from '../cluster/psql.ts'

/** Faster statements are not shown. */
const slowMs = 10

const counts = `select json_build_object(
  'maxConnections', current_setting('max_connections')::int,
  'connections', (select count(*) from pg_stat_activity where backend_type = 'client backend'),
  'byRole', (select coalesce(json_object_agg(usename, n), '{}') from (
    select usename, count(*) as n from pg_stat_activity
    where backend_type = 'client backend' group by usename) as roles),
  'hasStatements', to_regclass('public.pg_stat_statements') is not null)`

const statements = `select coalesce(json_agg(s), '[]') from (
  select round(mean_exec_time::numeric, 1) as "meanMs", calls,
    left(regexp_replace(query, '\\s+', ' ', 'g'), 200) as text
  from pg_stat_statements join pg_roles on pg_roles.oid = userid
  where rolname like 'iod\\_%' and mean_exec_time > ${slowMs} order by mean_exec_time desc limit 5) as s`

const running = `select coalesce(json_agg(s), '[]') from (
  select round(extract(epoch from now() - query_start)::numeric * 1000) as "meanMs", 1 as calls,
    left(regexp_replace(query, '\\s+', ' ', 'g'), 200) as text
  from pg_stat_activity where state = 'active' and usename like 'iod\\_%'
    and now() - query_start > interval '${slowMs} ms' order by query_start limit 5) as s`

const Counts = v.object({
  maxConnections: v.number(),
  connections: v.number(),
  byRole: v.record(v.string(), v.number()),
  hasStatements: v.boolean(),
})
const Statements = v.array(v.object({ meanMs: v.number(), calls: v.number(), text: v.string() }))

/** Reads the namespace's own Postgres; a provider has a monitor for the ones that it runs. */
export async function readPostgres(namespace: string) {
  const { hasStatements, ...found } = v.parse(Counts, JSON.parse(await psql(namespace, counts)))
  const slow = await psql(namespace, hasStatements ? statements : running)
  return {
    ...found,
    slowStatements: v.parse(Statements, JSON.parse(slow)),
    slowSource: hasStatements ? ('pg_stat_statements' as const) : ('pg_stat_activity' as const),
  }
}
