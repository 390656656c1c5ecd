import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { functionNames } from '../../registry.ts'
import { createTestDatabase, queryOnce } from '../testing/database.ts'
import { isRead } from './repeatable.ts'

const functionsFolder = join(import.meta.dirname, '..', '..')

test.each([
  ['select 1', true],
  ['\n  with page as (select 1) select * from page', true],
  ['select updated_at, is_deleted from posts.posts', true],
  ['with post as (insert into t values (1) returning 1) select 1 from post', false],
  ['select 1 from posts.posts for update', false],
  ['update t set a = 1', false],
  ['begin', false],
])('%s is a read: %s', (text, expected) => expect(isRead({ name: '', text })).toBe(expected))

/**
 * Outside a transaction of their own, these are maintenance, which does what is left to do; inside one, the transaction
 * is repeated as a whole or not at all. Another function that writes needs a statement that says so: `call`, or a
 * `returning` of an insert.
 */
const repeatable = [
  'auth.lock_account',
  'auth.rename_account',
  'auth.share_account',
  'posts.clear_emptied_comments',
  'posts.continue_erasures',
  'posts.erase_author',
  // Reads only; volatile for its EXPLAIN.
  'posts.newest_matches',
  'posts.remove_unused_words',
  'posts.update_counters',
  'profile.erase_follows',
]

test('of the functions that write, statements call only those that can be called again', async () => {
  const { ownerUrl } = await createTestDatabase()
  const rows = await queryOnce(
    ownerUrl,
    `select nspname || '.' || proname as name from pg_proc join pg_namespace space on space.oid = pronamespace
    where provolatile = 'v' and nspname in (${functionNames.map(name => `'${name}'`).join()})`,
  )
  const source = globSync('**/*.ts', {
    cwd: functionsFolder,
    exclude: ['**/*.{test,bounds,races,data}.ts', 'migrate/**'],
  })
    .map(file => readFileSync(join(functionsFolder, file), 'utf8'))
    .join('\n')
  const called = rows.map(({ name }) => String(name)).filter(name => source.includes(`${name}(`))
  expect(called.toSorted()).toEqual(repeatable)
})
