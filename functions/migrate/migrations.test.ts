import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { functionNames } from '../registry.ts'
import { createTestFolder } from '../shared/testing/test-folder.ts'
import { readConfig } from './config.ts'
import { readMigrations, schemaOwners } from './migrations.ts'

const folder = createTestFolder()

function write(path: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), 'select 1')
}

test('the numbers order the migrations of all functions in one sequence', () => {
  write('b/migrations/0001-create-b.sql')
  write('b/migrations/0003-add-c.sql')
  write('a/migrations/0002-create-a.sql')
  expect(readMigrations(folder).map(({ name }) => name)).toEqual([
    'b/0001-create-b',
    'a/0002-create-a',
    'b/0003-add-c',
  ])
  write('a/migrations/0003-add-d.sql')
  expect(() => readMigrations(folder)).toThrow('have the same number: 0004 is free')
  rmSync(join(folder, 'a/migrations/0003-add-d.sql'))
  write('a/migrations/4-add-e.sql')
  expect(() => readMigrations(folder)).toThrow('is not named NNNN-verb-object.sql')
})

test('every function owns a schema, and the password of its role is required', () => {
  const migrations = readMigrations(join(import.meta.dirname, '..'))
  expect(schemaOwners(migrations).toSorted()).toEqual(functionNames.toSorted())
  const password = 'x'.repeat(16)
  const passwords = functionNames.map(name => [`${name.toUpperCase()}_DATABASE_PASSWORD`, password] as const)
  const environment = { DATABASE_URL: 'postgres://localhost/iod', ...Object.fromEntries(passwords) }
  expect(readConfig(environment, migrations).rolePasswords).toEqual(
    Object.fromEntries(functionNames.map(name => [`iod_${name}`, password])),
  )
  for (const [name] of passwords)
    expect(() => readConfig({ ...environment, [name]: undefined }, migrations)).toThrow(`${name} is missing`)
})
