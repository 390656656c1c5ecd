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

test('what inserts put aside for the index stays short, since every search reads it', async () => {
  const { actor } = await createAccount()
  const session = await connectOwner(ownerUrl)
  const insert = `insert into posts.posts (author_id, slug, state, published_at, reading_minutes, title, tags, excerpt, body, html)
    select $1::uuid, $2::text, 'published', now(), 1, 'Words', '{}', '', string_agg(md5($2::text || n), ' '), '' from generate_series(1, 200) n`
  for (let n = 0; n < 100; n += 1) await session.query(insert, [actor.accountId, `words-${n}`])
  const { rows } = await session.query(`select gin_clean_pending_list('posts.posts_searched')::int as pages`)
  await session.end()
  // Of 8 kB each.
  expect(rows[0].pages).toBeLessThan(20)
})
