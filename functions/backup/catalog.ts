import type { Client } from 'pg'
import type { ArchivedTable, Manifest } from './manifest.ts'

/** A table to be read, with what is known about its size before that. */
export interface DatabaseTable extends Pick<ArchivedTable, 'schema' | 'name' | 'columns'> {
  /** Of the columns, in their order. */
  readonly types: string[]
  readonly bytes: number
  readonly estimatedRows: number
}

/** The schemas that the applied migrations made. Others, as a provider's or another program's, cannot be made again here. */
const isOurs =
  "namespace.nspname in (select split_part(migration.name, '/', 1) from public.migrations migration)"

/** Partitions are read through the table that they belong to. */
const selectTables = `
  select namespace.nspname as schema, class.relname as name, attributes.*,
    (select coalesce(sum(pg_total_relation_size(relid)), 0) from pg_partition_tree(class.oid))::float8 as bytes,
    greatest(class.reltuples, 0)::float8 as "estimatedRows"
  from pg_class class
  join pg_namespace namespace on namespace.oid = class.relnamespace
  cross join lateral (
    select coalesce(array_agg(attname::text order by attnum), '{}') as columns,
      coalesce(array_agg(format_type(atttypid, atttypmod) order by attnum), '{}') as types
    from pg_attribute
    where attrelid = class.oid and attnum > 0 and not attisdropped and attgenerated = '') attributes
  where class.relkind in ('r', 'p') and not class.relispartition and ${isOurs}
  order by 1, 2`

const selectSequences = `
  select schemaname as schema, sequencename as name, last_value::text as "lastValue"
  from pg_sequences
  join pg_namespace namespace on namespace.nspname = schemaname
  where last_value is not null and ${isOurs}
  order by 1, 2`

/** Of a database that was migrated. */
export const readTables = async (client: Client): Promise<readonly DatabaseTable[]> =>
  (await client.query<DatabaseTable>(selectTables)).rows

export const readSequences = async (client: Client): Promise<Manifest['sequences']> =>
  (await client.query<Manifest['sequences'][number]>(selectSequences)).rows

/** Returns those of these schemas that exist. */
export const readSchemas = async (client: Client, names: readonly string[]): Promise<readonly string[]> =>
  (
    await client.query<{ name: string }>(
      'select nspname as name from pg_namespace where nspname = any($1) order by 1',
      [names],
    )
  ).rows.map(({ name }) => name)

export async function readPostgresVersion(client: Client): Promise<number> {
  const { rows } = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  )
  return rows[0]?.version ?? 0
}

/** `"schema"."table" ("column", …)`: what stands after `copy`. */
export function copyTarget(
  client: Client,
  { schema, name, columns }: Pick<ArchivedTable, 'schema' | 'name' | 'columns'>,
) {
  const list = columns.map(column => client.escapeIdentifier(column)).join(', ')
  return { table: qualified(client, schema, name), columns: list }
}

export const qualified = (client: Client, schema: string, name: string): string =>
  `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)}`
