import { expect, test } from 'vitest'
import { updateCounters } from '../maintenance/queries.ts'
import { createTestApp } from '../test-app.ts'

const { createAccount, database, owner, ask } = await createTestApp()

/** Straight into the table: no function applies the changes of the counters. */
const insertPosts = {
  name: 'insert_tagged_posts',
  text: `insert into posts.posts (author_id, slug, state, published_at, reading_minutes, title, tags, excerpt, body, html)
    select $1::uuid, 'tagged-' || n || '-' || $2::text, 'published', posts.now_ms(), 1, 'Tagged', array['all', 'of-' || n % 3], '', '', ''
    from generate_series(1, $3::int) n`,
}
const deletePosts = {
  name: 'delete_tagged_posts',
  text: `delete from posts.posts where slug like 'tagged-3-%'`,
}
const countQueue = { name: 'count_queue', text: `select count(*)::int as count from posts.count_changes` }

async function listAll(): Promise<readonly unknown[]> {
  const listed: unknown[] = []
  for (let cursor = ''; ; ) {
    const page = JSON.parse(await (await ask('GET', `/posts/tags?limit=1${cursor}`)).text())
    listed.push(...page.items.map((item: { tag: string; postsCount: number }) => [item.tag, item.postsCount]))
    if (page.nextCursor === null) return listed
    cursor = `&cursor=${page.nextCursor}`
  }
}

test('lists every tag once with its number, also while changes are queued', async () => {
  const { actor } = await createAccount()
  await owner.query(insertPosts, [actor.accountId, 'a', 7])
  await updateCounters(database)
  await owner.query(insertPosts, [actor.accountId, 'b', 2])
  await owner.query(deletePosts)
  expect(await owner.query(countQueue)).toEqual([{ count: 3 }])
  const expected = [
    ['all', 8],
    ['of-1', 4],
    ['of-2', 3],
    ['of-0', 1],
  ]
  expect(await listAll()).toEqual(expected)
  await updateCounters(database)
  expect(await owner.query(countQueue)).toEqual([{ count: 0 }])
  expect(await listAll()).toEqual(expected)
})
