import { expect, test } from 'vitest'
import { functions } from '../registry.ts'
import { createTestDatabase, queryOnce } from '../shared/testing/database.ts'

const database = await createTestDatabase()

const functionRoles = functions.map(({ databaseRole }) => databaseRole)
const schemas = [...functions.map(({ name }) => name), 'public']
const matrix = functionRoles.flatMap(role =>
  schemas.map(schema => ({ role, schema, own: role === `iod_${schema}` })),
)

const quoted = (text: string) => `'${text}'`

test.each(matrix)('$role in $schema: writes $own', async ({ role, schema, own }) => {
  const rows = await queryOnce(
    database.ownerUrl,
    `select c.relname as name, c.relkind = 'r' as is_table,
       has_table_privilege(${quoted(role)}, c.oid, 'select') as reads,
       has_table_privilege(${quoted(role)}, c.oid, 'insert, update, delete') as writes,
       has_table_privilege(${quoted(role)}, c.oid, 'truncate, references, trigger') as alters
     from pg_class c
     where c.relnamespace = ${quoted(schema)}::regnamespace and c.relkind in ('r', 'p', 'v', 'm')`,
  )
  for (const { name, is_table, reads, writes, alters } of rows) {
    expect({ name, writes, alters }).toEqual({ name, writes: own, alters: false })
    // What another function may know, it reads through a view.
    if (!own && is_table) expect({ name, reads }).toEqual({ name, reads: false })
  }
})

test.each(functionRoles)('%s makes nothing new in any schema', async role => {
  const rows = await queryOnce(
    database.ownerUrl,
    `select nspname as schema from pg_namespace
     where nspname in (${schemas.map(quoted).join(', ')}) and has_schema_privilege(${quoted(role)}, oid, 'create')`,
  )
  expect(rows).toEqual([])
})

test.each(functionRoles)('%s logs in, and is refused what belongs to others', async role => {
  const url = database.urlOf[role]
  expect(await queryOnce(url, 'select current_user as name')).toEqual([{ name: role }])
  await expect(queryOnce(url, 'select name from public.migrations')).rejects.toMatchObject({ code: '42501' })
})
