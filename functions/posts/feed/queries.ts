import { type AccountId, maxUuid } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { isUsual } from '../lists/list-statement.ts'
import { firstRows, pageColumns, withFit } from '../lists/page-statement.ts'
import type { PagedRow } from '../lists/queries.ts'
import type { ListField } from '../lists/schemas.ts'
import { isPublic, postJoins } from '../posts/post-columns.ts'

/** Scanned in 5 ms. The planner does not know how many authors are followed; this tells it that there are few. */
const maxWindow = 10_000

/**
 * Scans the newest posts first, twice as many as there are followed authors: 5,000 authors who write a twentieth of all
 * posts fill a page from the newest 1,000, at a tenth of the cost of one lookup per author.
 *
 * If that does not fill the page: a page of `n` posts comes from at most `n` authors, those with the newest posts. So
 * there is one index lookup per followed author, then `n` posts of each of those `n`; how much they wrote does not matter.
 */
const feed = (fields: readonly ListField[]) => {
  // Scheduled posts are in the future: the index scan starts after them.
  const earlier = `${isPublic('post')}
          and (post.published_at, post.id) < (least($2::timestamptz, now()), $3::uuid)`
  const newestFirst = 'order by post.published_at desc, post.id desc'
  const posts = 'select post.author_id, post.id as post_id, post.published_at from posts.posts post'
  const authors = `select followed.author_id
        from followed
        cross join lateral (
          select post.published_at, post.id from posts.posts post
          where post.author_id = followed.author_id and ${earlier} ${newestFirst} limit 1
        ) newest
        where not (select is_full from filled)
        order by newest.published_at desc, newest.id desc`
  const postsOfAuthor = `${posts}
        where post.author_id = latest.author_id and ${earlier} ${newestFirst}`
  const pageOrder = 'page.published_at desc, page.post_id desc'
  const page = `select author_id, post_id, published_at from recent where (select is_full from filled)
      union all
      select candidate.author_id, candidate.post_id, candidate.published_at
      from (${firstRows(authors, '$4::int')}) latest
      cross join lateral (${firstRows(postsOfAuthor, '$4::int')}) candidate
      order by published_at desc, post_id desc
      limit $4::int`
  return {
    name: isUsual(fields) ? `select_feed_${fields.join('_') || 'bare'}` : '',
    text: `with followed as materialized (
      select following.followee_id as author_id from profile.followings following where following.follower_id = $1::uuid
    ), recent as materialized (
      select newest.author_id, newest.post_id, newest.published_at
      from (
        select * from (${posts} where ${earlier} ${newestFirst} limit ${maxWindow}) capped
        order by published_at desc, post_id desc
        limit (select 2 * count(*) from followed)
      ) newest
      where (newest.author_id in (select author_id from followed)) is true
      order by newest.published_at desc, newest.post_id desc
      limit $4::int
    ), filled as materialized (
      select count(*) = $4::int as is_full from recent
    )
    select ${pageColumns(fields)}, array[page.published_at::text, page.post_id::text] as position
    from (${withFit(page, pageOrder, fields)}) page
    ${postJoins('page')}
    order by ${pageOrder}`,
  }
}

/** Exported for the test of its plan. */
export const selectFeed = feed(['summary', 'excerpt'])

/** Later than every post. */
const firstPosition = ['infinity', maxUuid]

export interface FeedPageRequest {
  readonly reader: AccountId
  readonly fields: readonly ListField[]
  readonly limit: number
  readonly after: readonly string[] | undefined
}

export const findFeedPage = (
  db: Queryable,
  { reader, fields, limit, after }: FeedPageRequest,
): Promise<readonly PagedRow[]> =>
  db.query<PagedRow>(feed(fields), [reader, ...(after ?? firstPosition), limit])
