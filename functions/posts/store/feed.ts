import type { AccountId } from '../../shared/ids.ts'
import type { Database } from '../../shared/postgres/database.ts'
import type { ListField } from '../schemas/lists.ts'
import type { PagedRow } from './lists.ts'
import { columns, firstRows, isPublic, joins } from './rows.ts'

/**
 * A page of `n` posts comes from at most `n` authors: those whose newest posts are the newest. So first one look into
 * the index for each who is followed, then `n` posts of each of those few; how much they all ever wrote does not matter.
 */
const feed = (fields: readonly ListField[]) => {
  const earlier = `${isPublic('post')} and (post.published_at, post.id) < ($2::timestamptz, $3::uuid)`
  const newestFirst = 'order by post.published_at desc, post.id desc'
  const authors = `select following.followee_id as author_id
        from profile.followings following
        cross join lateral (
          select post.published_at, post.id from posts.posts post
          where post.author_id = following.followee_id and ${earlier} ${newestFirst} limit 1
        ) newest
        where following.follower_id = $1::uuid
        order by newest.published_at desc, newest.id desc`
  const postsOfAuthor = `select post.author_id, post.id as post_id, post.published_at from posts.posts post
        where post.author_id = latest.author_id and ${earlier} ${newestFirst}`
  return {
    name: `select_feed_${fields.join('_') || 'bare'}`,
    text: `select ${columns(fields)}, array[page.published_at::text, page.post_id::text] as position
    from (
      select candidate.author_id, candidate.post_id, candidate.published_at
      from (${firstRows(authors, '$4::int')}) latest
      cross join lateral (${firstRows(postsOfAuthor, '$4::int')}) candidate
      order by candidate.published_at desc, candidate.post_id desc
      limit $4::int
    ) page
    ${joins('page')}
    order by page.published_at desc, page.post_id desc`,
  }
}

/** Exported for the test of its plan. */
export const selectFeed = feed(['summary', 'excerpt'])

const beforeAll = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff']

export const createFeedStore = (database: Database) => ({
  page(reader: AccountId, fields: readonly ListField[], after: readonly string[] | undefined, limit: number) {
    return database.query<PagedRow>(feed(fields), [reader, ...(after ?? beforeAll), limit])
  },
})

export type FeedStore = ReturnType<typeof createFeedStore>
