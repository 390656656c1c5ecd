import { expect, test } from 'vitest'
import { queryOnce } from '../../shared/testing/database.ts'
import { createTestApp } from '../test-app.ts'

const { createAccount, ask, write, ownerUrl } = await createTestApp()

const reactions = 60_000

/** One account may write 86,400 comments a day, on the post of anyone; one statement for all of them takes seconds. */
test('a post with any number of favorites and comments can be deleted', async () => {
  const ada = await createAccount()
  const { slug } = await write(ada)
  const place = `(select author_id, id as post_id from posts.posts where slug = '${slug}') place`
  await queryOnce(
    ownerUrl,
    // Without triggers, which would check and count each row.
    `set session_replication_role = replica;
    insert into posts.favorites (author_id, post_id, account_id)
      select author_id, post_id, gen_random_uuid() from ${place}, generate_series(1, ${reactions});
    with reply as materialized (select n, uuidv7() as id from generate_series(1, ${reactions}) n)
    insert into posts.comments (author_id, post_id, account_id, id, parent_id, body, html, deleted_at)
      select author_id, post_id, author_id, id, lag(id) over (order by n), '', '', case when n < ${reactions} then now() end
      from ${place}, reply;
    update posts.post_counts set favorites = ${reactions}, comments = 1;
    analyze posts.favorites, posts.comments`,
  )
  const response = await ask('DELETE', `/posts/${slug}`, { as: ada, headers: { 'if-match': '*' } })
  expect(response.status).toBe(204)
  const left = `select (select count(*)::int from posts.favorites) as favorites,
    (select count(*)::int from posts.comments) as comments, (select count(*)::int from posts.posts) as posts`
  expect(await queryOnce(ownerUrl, left)).toEqual([{ favorites: 0, comments: 0, posts: 0 }])
}, 120_000)
