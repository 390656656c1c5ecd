import type { AccountId, CommentId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { isPublic, type PostKey, sharesAccount } from '../posts/post-columns.ts'
import { maxRepliesCount } from './schemas.ts'

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
  /** A string in a row that comes as JSON. */
  readonly createdAt: Date | string
  readonly updatedAt: Date | string
  readonly isDeleted: boolean
  /** False if its texts are left out because the page is full. */
  readonly fits?: boolean
}

/** The fields of a post that reading and writing its comments needs. */
export interface CommentedPost extends PostKey {
  readonly slug: string
  readonly commentsOpen: boolean
}

/** For the replies, `between` and the order leave the planner no index but that of parents: see page-queries.ts. */
export const commentColumns = (
  texts: string,
) => `comment.id, comment.parent_id as "parentId", comment.account_id as "accountId",
      coalesce(writer.username, 'deleted') as username, writer.display_name as "displayName",
      writer.avatar_url as "avatarUrl", comment.version,
      ${texts}, comment.created_at as "createdAt", comment.updated_at as "updatedAt",
      comment.deleted_at is not null as "isDeleted",
      (select count(*) from (select from posts.comments reply where reply.author_id = comment.author_id
        and reply.post_id = comment.post_id and reply.parent_id between comment.id and comment.id
        order by reply.parent_id, reply.id limit ${maxRepliesCount}) counted)::int as "repliesCount"`

export const publicPost = `select post.author_id, post.id, post.slug, post.comments_open
      from posts.slugs directory
      join posts.posts post on post.author_id = directory.author_id and post.id = directory.post_id
      where directory.slug = $1::text and (${isPublic('post')})`

const selectPost = {
  name: 'select_commented_post',
  text: `select post.author_id as "authorId", post.id, post.slug, post.comments_open as "commentsOpen"
    from (${publicPost} and ${sharesAccount('$2')} for key share of post) post`,
}

/** Inserts nothing if the parent is not a comment of this post, or is deleted. */
const insertStatement = {
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

const updateStatement = {
  name: 'update_comment',
  text: `update posts.comments set version = version + 1, updated_at = posts.now_ms(), body = $4::text, html = $5::text
    where author_id = $1::uuid and post_id = $2::uuid and id = $3::uuid`,
}

/** A separate statement after the lock: only that sees a reply that was committed while the lock was awaited. */
const deleteStatement = {
  name: 'delete_comment',
  text: `delete from posts.comments comment
    where author_id = $1::uuid and post_id = $2::uuid and id = $3::uuid and not exists (
      select from posts.comments reply
      where reply.author_id = $1::uuid and reply.post_id = $2::uuid and reply.parent_id = comment.id
    )
    returning id`,
}

/** Keeps the row as the parent of its replies. */
const emptyStatement = {
  name: 'empty_comment',
  text: `update posts.comments
    set version = version + 1, account_id = null, body = '', html = '', deleted_at = posts.now_ms()
    where author_id = $1::uuid and post_id = $2::uuid and id = $3::uuid`,
}

/** Without a lock, for the checks before expensive work. */
const selectPostUnlocked = {
  name: 'select_commented_post_unlocked',
  text: `select post.author_id as "authorId", post.id, post.slug, post.comments_open as "commentsOpen"
    from (${publicPost}) post`,
}

interface BySlug {
  readonly slug: string
}

/** Undefined if there is no public post with this slug. */
export async function findCommentedPost(db: Queryable, { slug }: BySlug): Promise<CommentedPost | undefined> {
  return (await db.query<CommentedPost>(selectPostUnlocked, [slug]))[0]
}

/** The same; neither the account of the writer nor the post can be deleted until the transaction ends. */
export async function lockCommentedPost(
  tx: Queryable,
  { slug, writer }: BySlug & { readonly writer: AccountId },
): Promise<CommentedPost | undefined> {
  return (await tx.query<CommentedPost>(selectPost, [slug, writer]))[0]
}

export interface CommentKey {
  readonly post: PostKey
  readonly id: CommentId
}

export async function findComment(db: Queryable, { post, id }: CommentKey): Promise<CommentRow | undefined> {
  return (await db.query<CommentRow>(selectOne, [post.authorId, post.id, id]))[0]
}

export async function lockComment(tx: Queryable, { post, id }: CommentKey): Promise<CommentRow | undefined> {
  return (await tx.query<CommentRow>(lockOne, [post.authorId, post.id, id]))[0]
}

export interface CommentInsert {
  readonly post: PostKey
  readonly accountId: AccountId
  readonly parentId: CommentId | null
  readonly body: string
  readonly html: string
}

/** Undefined if the parent is not a comment of this post, or is deleted. */
export async function insertComment(
  tx: Queryable,
  { post, accountId, parentId, body, html }: CommentInsert,
): Promise<CommentId | undefined> {
  const parameters = [post.authorId, post.id, parentId, accountId, body, html]
  return (await tx.query<{ id: CommentId }>(insertStatement, parameters))[0]?.id
}

export async function updateComment(
  tx: Queryable,
  { post, id, body, html }: CommentKey & { readonly body: string; readonly html: string },
): Promise<void> {
  await tx.query(updateStatement, [post.authorId, post.id, id, body, html])
}

/** Deletes the row, or empties it if there are replies. A trigger deletes an empty comment with its last reply. */
export async function deleteComment(tx: Queryable, { post, id }: CommentKey): Promise<void> {
  const parameters = [post.authorId, post.id, id]
  const deleted = await tx.query(deleteStatement, parameters)
  if (deleted.length === 0) await tx.query(emptyStatement, parameters)
}
