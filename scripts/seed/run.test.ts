import { expect, test } from 'vitest'
import { createTestDatabase, queryOnce } from '../../functions/shared/testing/database.ts'
import { seed } from './run.ts'

test('a seed that fails half way leaves the database as it was', async () => {
  const { ownerUrl } = await createTestDatabase()
  await queryOnce(
    ownerUrl,
    `insert into auth.accounts (email, email_key, username, username_key, password_hash)
      values ('seed-5@example.test', 'seed-5@example.test', 'ada', 'ada', '')`,
  )
  const state = () =>
    queryOnce(
      ownerUrl,
      `select (select count(*)::int from auth.accounts) as accounts,
        (select array_agg(indexdef order by indexdef) from pg_indexes where schemaname = 'posts') as indexes`,
    )
  const before = await state()
  await expect(seed(ownerUrl, 100)).rejects.toThrow('duplicate key')
  expect(await state()).toEqual(before)
})
