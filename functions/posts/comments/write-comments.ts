import type { Actor } from '../../shared/access-token.ts'
import type { CommentId } from '../../shared/ids.ts'
import type { Dependencies } from '../dependencies.ts'
import type { KeyedRequest } from '../idempotency/queries.ts'
import { findReplay, type Replayable, withIdempotency } from '../idempotency/with-idempotency.ts'
import type { AssertVersion } from '../posts/owned-post.ts'
import { postNotFound } from '../posts/post-errors.ts'
import { tagOf, toComment } from './comment.ts'
import { commentNotFound, commentsClosed, notTheWriter, parentNotFound } from './comment-errors.ts'
import type { CommentedPost, CommentRow } from './queries.ts'
import * as queries from './queries.ts'
import { type Comment, type NewComment, StoredComment } from './schemas.ts'

interface Creation {
  readonly actor: Actor
  readonly slug: string
  readonly comment: NewComment
  /** Set for a request with an Idempotency-Key. */
  readonly request: KeyedRequest | undefined
}

export async function createComment(
  { db, postCache, renderMarkdown }: Pick<Dependencies, 'db' | 'postCache' | 'renderMarkdown'>,
  { actor: { accountId }, slug, comment: { body, parentId }, request }: Creation,
): Promise<Replayable<Comment>> {
  const replay = await findReplay(db, { request, schema: StoredComment })
  if (replay !== undefined) return replay
  const target = requirePost(await queries.findCommentedPost(db, { slug }))
  if (!target.commentsOpen) throw commentsClosed()
  const { html } = await renderMarkdown(body, accountId)
  const { created, post } = await db.transaction(
    async tx => {
      const post = requirePost(await queries.lockCommentedPost(tx, { slug, writer: accountId }))
      const { authorId } = post
      const created = await withIdempotency(tx, { request, authorId, schema: StoredComment }, async () => {
        if (!post.commentsOpen) throw commentsClosed()
        const id = await queries.insertComment(tx, { post, accountId, parentId, body, html })
        if (id === undefined) throw parentNotFound()
        return toComment(requireComment(await queries.findComment(tx, { post, id })))
      })
      return { created, post }
    },
    { isIdempotent: request !== undefined },
  )
  await postCache.invalidate([slug, post.slug])
  return created
}

interface Change {
  readonly actor: Actor
  readonly slug: string
  readonly id: CommentId
  readonly assertVersion: AssertVersion
}

export async function changeComment(
  { db, renderMarkdown }: Pick<Dependencies, 'db' | 'renderMarkdown'>,
  { actor, slug, id, body, assertVersion }: Change & { readonly body: string },
): Promise<Comment> {
  const change = { actor, assertVersion }
  // Checked before a long text is rendered, and again on the locked row.
  const target = requirePost(await queries.findCommentedPost(db, { slug }))
  requireOwnComment(await queries.findComment(db, { post: target, id }), change)
  const { html } = await renderMarkdown(body, actor.accountId)
  return db.transaction(async tx => {
    const post = requirePost(await queries.lockCommentedPost(tx, { slug, writer: actor.accountId }))
    const current = requireOwnComment(await queries.lockComment(tx, { post, id }), change)
    if (current.body === body) return toComment(current)
    await queries.updateComment(tx, { post, id, body, html })
    return toComment(requireComment(await queries.findComment(tx, { post, id })))
  })
}

/** A comment may be deleted by its writer, by the author of the post, and by moderators and admins. */
export async function deleteComment(
  { db, postCache }: Pick<Dependencies, 'db' | 'postCache'>,
  { actor, slug, id, assertVersion }: Change,
): Promise<void> {
  const post = await db.transaction(async tx => {
    const post = requirePost(await queries.lockCommentedPost(tx, { slug, writer: actor.accountId }))
    const locked = await queries.lockComment(tx, { post, id })
    const mayDeleteAny = post.authorId === actor.accountId || actor.role !== 'user'
    if (mayDeleteAny) assertVersion({ tag: tagOf(requireLiveComment(locked)) })
    else requireOwnComment(locked, { actor, assertVersion })
    await queries.deleteComment(tx, { post, id })
    return post
  })
  await postCache.invalidate([slug, post.slug])
}

function requirePost(found: CommentedPost | undefined): CommentedPost {
  if (found === undefined) throw postNotFound()
  return found
}

function requireComment(found: CommentRow | undefined): CommentRow {
  if (found === undefined) throw commentNotFound()
  return found
}

function requireLiveComment(found: CommentRow | undefined): CommentRow {
  const current = requireComment(found)
  if (current.isDeleted) throw commentNotFound()
  return current
}

function requireOwnComment(
  found: CommentRow | undefined,
  { actor, assertVersion }: Pick<Change, 'actor' | 'assertVersion'>,
): CommentRow {
  const current = requireLiveComment(found)
  if (current.accountId !== actor.accountId) throw notTheWriter()
  assertVersion({ tag: tagOf(current) })
  return current
}
