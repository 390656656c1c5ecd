import type { Client } from 'pg'
import { qualified, readTables } from './catalog.ts'
import { type ArchivedTable, tableName } from './manifest.ts'

/** The type as this database has it. Any value fits into `text`, also one of a type that no migration makes. */
const selectType = "select coalesce(format_type(to_regtype($1), to_regtypemod($1)), 'text') as type"

/**
 * Makes the tables and columns that no migration makes: somebody added them by hand. They get their rows back, but no default,
 * constraint, index or grant.
 */
export async function addUnknown(client: Client, tables: readonly ArchivedTable[]): Promise<void> {
  const known = new Map((await readTables(client)).map(table => [tableName(table), table.columns]))
  for (const { schema, name, columns, types } of tables) {
    const target = qualified(client, schema, name)
    const own = known.get(tableName({ schema, name }))
    if (own === undefined) await client.query(`create table ${target} ()`)
    for (const [index, column] of columns.entries()) {
      if (own?.includes(column)) continue
      const { rows } = await client.query<{ type: string }>(selectType, [types?.[index] ?? 'text'])
      await client.query(
        `alter table ${target} add column ${client.escapeIdentifier(column)} ${rows[0]?.type ?? 'text'}`,
      )
    }
  }
}
