import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { maxUuid, minUuid } from '../../shared/ids.ts'
import { createTestApp } from '../test-app.ts'
import { connectExplainer } from '../test-plans.ts'
import { commentPages } from './page-queries.ts'

const { createAccount, write, ownerUrl } = await createTestApp()
const { client, explain } = await connectExplainer(ownerUrl)
afterAll(() => client.end())

/** A writer of many replies must not make the comments of a post slow to read. */
test('a page of comments reads none of the replies but the hundred that it counts', async () => {
  const { slug } = await write(await createAccount())
  const parents = Array.from({ length: 5 }, () => randomUUID())
  await client.query('set session_replication_role = replica')
  await client.query(
    `with place as (select author_id, id as post_id from posts.posts where slug = $1), top as (
        insert into posts.comments (author_id, post_id, account_id, id, body, html)
        select author_id, post_id, author_id, unnest($2::uuid[]), '', '' from place
      )
      insert into posts.comments (author_id, post_id, account_id, parent_id, body, html)
      select author_id, post_id, author_id, parent, '', '' from place, generate_series(1, 10000), unnest($2::uuid[]) parent`,
    [slug, parents],
  )
  await client.query('set session_replication_role = origin')
  await client.query('vacuum analyze posts.comments')
  for (const [order, position] of [
    ['oldest', minUuid],
    ['newest', maxUuid],
  ] as const) {
    for (const name of ['', commentPages[order].post.name]) {
      const ofPost = await explain({ ...commentPages[order].post, name }, [slug, null, position, 101])
      expect(ofPost.pages, order).toBeLessThan(300)
      const ofComment = commentPages[order].comment
      const replies = await explain({ ...ofComment, name }, [slug, parents[0] ?? '', position, 101])
      expect(replies.pages, order).toBeLessThan(1_000)
    }
  }
})
