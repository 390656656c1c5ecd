import { type CommentId, maxUuid, minUuid } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { firstRows, maxTextBytes } from '../lists/page-statement.ts'
import { type CommentedPost, type CommentRow, commentColumns, publicPost } from './queries.ts'

/** Each row repeats the post: a post without comments is one row. */
export interface CommentPageRow extends CommentedPost {
  readonly comment: CommentRow | null
}

/** The HTML of a comment can be ten times as long as its text: a hundred of the longest would be 11 MB. */
const boundedTexts = `case when comment.fits then comment.body end as body, case when comment.fits then comment.html end as html`

/**
 * Ordered by the parent as well, though all have the same, which `between` hides from the planner: only the index of parents
 * has this order. Otherwise it may read all comments of the post by their ids, and discard those with another parent.
 */
const page = (direction: 'asc' | 'desc', of: 'post' | 'comment') => ({
  name: `select_comments_of_${of}_${direction}`,
  text: `select post.author_id as "authorId", post.id as id, post.slug, post.comments_open as "commentsOpen",
      case when shown.id is not null then to_jsonb(shown) end as comment
    from (${publicPost}) post
    left join lateral (
      select ${commentColumns(boundedTexts)}, comment.fits
      from (select *, row_number() over earlier = 1
        or sum(octet_length(body) + octet_length(html)) over earlier <= ${maxTextBytes} as fits from (${firstRows(
          `select * from posts.comments comment
        where comment.author_id = post.author_id and comment.post_id = post.id
          and comment.parent_id ${of === 'post' ? 'is null and $2::uuid is null' : 'between $2::uuid and $2::uuid'}
          and comment.id ${direction === 'asc' ? '>' : '<'} $3::uuid
        order by comment.parent_id ${direction}, comment.id ${direction}`,
          '$4::int',
        )}) first window earlier as (order by id ${direction} rows unbounded preceding)) comment
      left join profile.authors writer on writer.id = comment.account_id
    ) shown on true
    order by shown.id ${direction}`,
})

/** Exported for the tests of plans. */
export const commentPages = {
  oldest: { post: page('asc', 'post'), comment: page('asc', 'comment') },
  newest: { post: page('desc', 'post'), comment: page('desc', 'comment') },
}

/** Before, or after, every id. */
const firstPosition = { oldest: minUuid, newest: maxUuid }

export type CommentOrder = 'newest' | 'oldest'

export interface CommentPageRequest {
  readonly slug: string
  /** Null for the comments on the post itself. */
  readonly parentId: CommentId | null
  readonly order: CommentOrder
  /** Id of the last comment of the previous page. */
  readonly after: string | undefined
  readonly limit: number
}

export const findCommentPage = (
  db: Queryable,
  { slug, parentId, order, after, limit }: CommentPageRequest,
): Promise<readonly CommentPageRow[]> =>
  db.query<CommentPageRow>(commentPages[order][parentId === null ? 'post' : 'comment'], [
    ...[slug, parentId, after ?? firstPosition[order], limit],
  ])
