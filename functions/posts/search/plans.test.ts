import { expect, test } from 'vitest'
import { connectOwner } from '../../shared/testing/database.ts'
import { createTestApp } from '../test-app.ts'

const { createAccount, ownerUrl, write } = await createTestApp()

test('a search reads posts by indexes, also in a session that planned it while there were few', async () => {
  await write(await createAccount(), { title: 'The only harbour' })
  const session = await connectOwner(ownerUrl)
  await session.query('vacuum analyze posts.posts')
  await session.query('begin')
  const search = `select from posts.newest_matches('harbour', null, 'harbour', '', null, null, null, null, null, 1)`
  const { rowCount } = await session.query(search)
  const { rows } = await session.query(
    `select pg_stat_get_xact_numscans('posts.posts'::regclass)::int as scans`,
  )
  await session.end()
  expect([rowCount, rows]).toEqual([1, [{ scans: 0 }]])
})
