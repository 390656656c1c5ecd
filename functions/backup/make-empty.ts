import type { Client } from 'pg'
import { readApplied } from '../migrate/applied.ts'
import type { Migration } from '../migrate/migrations.ts'
import { hasState } from '../shared/postgres/errors.ts'
import { qualified, readSchemas, readTables } from './catalog.ts'
import { tableName } from './manifest.ts'
import { RestoreRefused } from './restore-refused.ts'

/**
 * Drops the schemas of the application: what a new migration left in them is made again, as it was when the archive was made.
 * Schemas of others stay. `migrations` are those that this version and the archive know.
 */
export async function makeEmpty(
  client: Client,
  migrations: readonly Pick<Migration, 'name'>[],
  force: boolean,
): Promise<void> {
  const applied = await readApplied(client)
  const names = [...applied, ...migrations].map(({ name }) => name.split('/')[0] ?? '')
  const schemas = await readSchemas(client, names)
  if (!force && applied.length === 0 && schemas.length > 0)
    throw new RestoreRefused(
      `the database has a schema ${schemas.join(', ')} that is not of this application; FORCE=yes drops it`,
    )
  if (!force && applied.length > 0) await requireNoRows(client)
  await client.query('begin')
  await requireSkippedTriggers(client)
  for (const schema of schemas) await client.query(`drop schema ${client.escapeIdentifier(schema)} cascade`)
  await client.query('drop table if exists public.migrations')
  await client.query('commit')
}

/** People and what they wrote. Other tables have rows of the application's own from the start. */
const tablesOfPeople = ['auth.accounts', 'posts.posts']

async function requireNoRows(client: Client): Promise<void> {
  for (const table of await readTables(client)) {
    if (!tablesOfPeople.includes(tableName(table))) continue
    const { rows } = await client.query<{ found: boolean }>(
      `select exists (select from ${qualified(client, table.schema, table.name)}) as found`,
    )
    if (rows[0]?.found)
      throw new RestoreRefused(
        `the database holds rows in ${tableName(table)}; FORCE=yes replaces everything in it`,
      )
  }
}

/** Who may not do what the rows are loaded with must not lose those that are there. */
async function requireSkippedTriggers(client: Client): Promise<void> {
  try {
    await client.query('set local session_replication_role = replica')
  } catch (error) {
    throw hasState(error, '42501')
      ? new RestoreRefused(
          'the role of DATABASE_URL may not set session_replication_role: use a superuser, or one of Postgres grants it by “grant set on parameter session_replication_role to ROLE”',
          { cause: error },
        )
      : error
  }
}
