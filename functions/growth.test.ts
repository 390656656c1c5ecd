import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { functionNames } from './registry.ts'
import { createTestDatabase, queryOnce } from './shared/testing/database.ts'

const document = readFileSync(join(import.meta.dirname, '..', 'docs', 'growth.md'), 'utf8')
/** The first column of each section's table. */
const documented = new Map(
  document
    .split(/^## /m)
    .slice(1)
    .map(section => [
      section.split('\n', 1)[0],
      [...section.matchAll(/^\| `([^`]+)`/gm)].map(match => match[1]),
    ]),
)

test('docs/growth.md says of each table what removes from it, and of no other', async () => {
  const { ownerUrl } = await createTestDatabase()
  const rows = await queryOnce(
    ownerUrl,
    `select table_schema as schema, array_agg(table_name::text order by table_name) as tables
    from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema in (${functionNames.map(name => `'${name}'`).join()})
    group by table_schema`,
  )
  expect(rows).toHaveLength(functionNames.length)
  for (const { schema, tables } of rows) {
    expect(documented.get(String(schema))?.toSorted(), String(schema)).toEqual(tables)
  }
})
