import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { functionNames } from '../../functions/registry.ts'
import { createEmptyDatabase, queryOnce } from '../../functions/shared/testing/database.ts'
import { root } from '../cluster/command.ts'
import { nameFault, sqlReserved } from './function-name.ts'

test('the words that PostgreSQL reserves are those of its list', async () => {
  const { ownerUrl } = await createEmptyDatabase()
  const rows = await queryOnce(
    ownerUrl,
    "select word from pg_get_keywords() where catcode in ('R', 'T') order by word",
  )
  expect(rows.map(({ word }) => word)).toEqual(sqlReserved.toSorted())
})

const [first = ''] = functionNames

test('git ignores no function, whatever its name', () => {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').match(/\w+/g) ?? []
  expect(ignored).toContain('backups')
  const folders = ignored.filter(name => name !== 'node_modules').map(name => `functions/${name}/a.ts`)
  const { stdout } = spawnSync('git', ['check-ignore', ...folders], { cwd: root, encoding: 'utf8' })
  expect(stdout).toBe('')
})

test.each(['media', 'billing2', 'notifications'])('%s can be a function', name => {
  expect(nameFault(name)).toBeUndefined()
})

test.each([
  ['a', 'lower-case'],
  ['Media', 'lower-case'],
  ['my-media', 'lower-case'],
  ['a'.repeat(21), 'lower-case'],
  [first, 'exists already'],
  ['shared', 'exists already'],
  ['delete', 'JavaScript'],
  ['user', 'PostgreSQL'],
  ['await', 'JavaScript'],
  ['redis', 'something else'],
  // A Secret, a role, a Redis user, a container, and pictures of the demo.
  ['jwks', 'something else'],
  ['monitor', 'something else'],
  ['probe', 'something else'],
  ['owner', 'something else'],
  ['proxy', 'something else'],
  ['demo', 'something else'],
  // Biome allows no shadow of a global.
  ['escape', 'something else'],
  ['image', 'as a word'],
])('%s cannot: %s', (name, reason) => {
  expect(nameFault(name)).toContain(reason)
})
