import type { AccountId, CommentId } from '../../shared/ids.ts'
import type { Database, Queryable } from '../../shared/postgres/database.ts'
import { firstRows, isPublic, maxTextBytes, type PostKey } from '../posts/post-rows.ts'

export interface CommentRow {
  readonly id: CommentId
  readonly parentId: CommentId | null
  readonly accountId: AccountId | null
  readonly username: string
  readonly displayName: string | null
  readonly avatarUrl: string | null
  readonly version: number
  readonly body: string
  readonly html: string
  readonly repliesCount: number
  /** A string where it comes within JSON. */
  readonly createdAt: Date | string
  readonly updatedAt: Date | string
  readonly isDeleted: boolean
  /** False where its texts are left out: the page is full. */
  readonly fits?: boolean
}

/** The post that comments are read of or written to, as far as that matters. */
export interface CommentedPost extends PostKey {
  readonly slug: string
  readonly commentsOpen: boolean
}

/** A page starts with the post: without comments there is still one row. */
export interface CommentPageRow extends CommentedPost {
  readonly comment: CommentRow | null
}

const commentColumns = (
  texts: string,
) => `comment.id, comment.parent_id as "parentId", comment.account_id as "accountId",
      coalesce(writer.username, 'deleted') as username, writer.display_name as "displayName",
      writer.avatar_url as "avatarUrl", comment.version,
      ${texts}, comment.created_at as "createdAt", comment.updated_at as "updatedAt",
      comment.deleted_at is not null as "isDeleted",
      (select count(*) from posts.comments reply where reply.author_id = comment.author_id
        and reply.post_id = comment.post_id and reply.parent_id = comment.id)::int as "repliesCount"`

const publicPost = `select post.author_id, post.id, post.slug, post.comments_open
      from posts.slugs directory
      join posts.posts post on post.author_id = directory.author_id and post.id = directory.post_id
      where directory.slug = $1::text and (${isPublic('post')})`

/** A comment's HTML may be ten times as long as it: a hundred of the longest would be 11 MB. */
const boundedTexts = `case when comment.fits then comment.body end as body, case when comment.fits then comment.html end as html`

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
          and comment.parent_id ${of === 'post' ? 'is null and $2::uuid is null' : '= $2::uuid'}
          and comment.id ${direction === 'asc' ? '>' : '<'} $3::uuid
        order by comment.id ${direction}`,
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
const firstPlace = {
  oldest: '00000000-0000-0000-0000-000000000000',
  newest: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
}

const selectPost = {
  name: 'select_commented_post',
  text: `select post.author_id as "authorId", post.id, post.slug, post.comments_open as "commentsOpen"
    from (${publicPost} for key share of post) post`,
}

/** None when the comment that it replies to is not one of this post, or is deleted. */
const insertComment = {
  name: 'insert_comment',
  text: `with parent as (
      select id from posts.comments
      where author_id = $1::uuid and post_id = $2::uuid and id = $3::uuid and deleted_at is null
      for key share
    )
    insert into posts.comments (author_id, post_id, parent_id, account_id, body, html)
    select $1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::text, $6::text
    where $3::uuid is null or exists (select from parent)
    returning id`,
}

const selectComment = `select ${commentColumns('comment.body, comment.html')}
    from posts.comments comment
    left join profile.authors writer on writer.id = comment.account_id
    where comment.author_id = $1::uuid and comment.post_id = $2::uuid and comment.id = $3::uuid`
const selectOne = { name: 'select_comment', text: selectComment }
const lockOne = { name: 'lock_comment', text: `${selectComment} for update of comment` }

const updateComment = {
  name: 'update_comment',
  text: `update posts.comments set version = version + 1, updated_at = posts.now_ms(), body = $4::text, html = $5::text
    where author_id = $1::uuid and post_id = $2::uuid and id = $3::uuid`,
}

/** Asked of the locked comment in a statement of its own: only that sees a reply that came while we waited. */
const deleteComment = {
  name: 'delete_comment',
  text: `delete from posts.comments comment
    where author_id = $1::uuid and post_id = $2::uuid and id = $3::uuid and not exists (
      select from posts.comments reply
      where reply.author_id = $1::uuid and reply.post_id = $2::uuid and reply.parent_id = comment.id
    )
    returning id`,
}

/** Replies need something to be replies to. */
const emptyComment = {
  name: 'empty_comment',
  text: `update posts.comments
    set version = version + 1, account_id = null, body = '', html = '', deleted_at = posts.now_ms()
    where author_id = $1::uuid and post_id = $2::uuid and id = $3::uuid`,
}

export const commenting = (on: Queryable) => ({
  post: async (slug: string) => (await on.query<CommentedPost>(selectPost, [slug]))[0],

  async insert(post: PostKey, account: AccountId, parent: CommentId | null, body: string, html: string) {
    const parameters = [post.authorId, post.id, parent, account, body, html]
    return (await on.query<{ id: CommentId }>(insertComment, parameters))[0]?.id
  },
  find: async (post: PostKey, id: CommentId) =>
    (await on.query<CommentRow>(selectOne, [post.authorId, post.id, id]))[0],
  lock: async (post: PostKey, id: CommentId) =>
    (await on.query<CommentRow>(lockOne, [post.authorId, post.id, id]))[0],
  update: async (post: PostKey, id: CommentId, body: string, html: string) =>
    void (await on.query(updateComment, [post.authorId, post.id, id, body, html])),
  /** A placeholder above it goes with its last reply, by a trigger. */
  async delete(post: PostKey, id: CommentId) {
    const parameters = [post.authorId, post.id, id]
    const deleted = await on.query(deleteComment, parameters)
    if (deleted.length === 0) await on.query(emptyComment, parameters)
  },
})

export type Commenting = ReturnType<typeof commenting>

/** The same without a lock: asked before work that the answer may make needless. */
const selectPostUnlocked = {
  name: 'select_commented_post_unlocked',
  text: `select post.author_id as "authorId", post.id, post.slug, post.comments_open as "commentsOpen"
    from (${publicPost}) post`,
}

export const createCommentStore = (database: Database) => ({
  post: async (slug: string) => (await database.query<CommentedPost>(selectPostUnlocked, [slug]))[0],
  find: commenting(database).find,
  page: (
    slug: string,
    parent: CommentId | null,
    order: 'newest' | 'oldest',
    after: string | undefined,
    limit: number,
  ) =>
    database.query<CommentPageRow>(commentPages[order][parent === null ? 'post' : 'comment'], [
      ...[slug, parent, after ?? firstPlace[order], limit],
    ]),
})

export type CommentStore = ReturnType<typeof createCommentStore>
