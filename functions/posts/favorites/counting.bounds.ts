import { expect, test } from 'vitest'
import { connectOwner, queryOnce } from '../../shared/testing/database.ts'
import { createTestApp } from '../test-app.ts'

const { createAccount, ownerUrl, write } = await createTestApp()

test('a session whose statements were planned over almost empty tables counts a favorite among 10,000 posts', async () => {
  const author = await createAccount()
  await write(author, { status: 'draft' })
  const session = await connectOwner(ownerUrl)
  await session.query('vacuum analyze posts.post_tags, posts.post_counts')
  // Postgres chooses a generic plan after five calls.
  for (let call = 0; call < 6; call += 1) await session.query(`select posts.copy_favorites('{}', '{}')`)
  await queryOnce(
    ownerUrl,
    `insert into posts.posts (author_id, slug, state, published_at, reading_minutes, title, tags, excerpt, body, html)
    select '${author.actor.accountId}', 'post-' || n, 'published', now() - interval '1 minute', 1, 'Post', '{one,two}', '', '', ''
    from generate_series(1, 10_000) n`,
  )
  await session.query(`set statement_timeout = '3s'`)
  const counted = await session.query(
    `insert into posts.favorites (author_id, post_id, account_id)
    select author_id, id, author_id from posts.posts where slug = 'post-1'`,
  )
  const tags = await session.query(`select tag from posts.post_tags where favorites = 1`)
  await session.end()
  expect([counted.rowCount, tags.rowCount]).toEqual([1, 2])
})
