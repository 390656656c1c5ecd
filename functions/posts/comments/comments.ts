import type { Actor } from '../../shared/access-token.ts'
import type { CommentId } from '../../shared/ids.ts'
import { cursorRefused, Problem } from '../../shared/problems.ts'
import { once, type Replayable, replayed } from '../idempotency/idempotency.ts'
import type { IdempotentRequest, KeptAnswers } from '../idempotency/queries.ts'
import { fillPage } from '../lists/pages.ts'
import type { Render } from '../markdown/renderer.ts'
import { versionOf } from '../posts/documents.ts'
import { postNotFound } from '../posts/posts.ts'
import { hasFormOfSlug } from '../posts/slugs.ts'
import type { Transactions } from '../store/transactions.ts'
import type { CommentedPost, Commenting, CommentPageRow, CommentRow, CommentStore } from './queries.ts'
import { type Comment, KeptComment, type NewComment } from './schemas.ts'

export interface CommentsOptions {
  readonly store: CommentStore
  readonly keptAnswers: KeptAnswers
  readonly inTransaction: Transactions
  readonly render: Render
  readonly changed: (slugs: readonly string[]) => Promise<void>
}

export interface CommentPageRequest {
  readonly parent: CommentId | null
  readonly order: 'newest' | 'oldest'
  /** The last comment of the page before, and its post. */
  readonly after: readonly string[] | undefined
  readonly limit: number
}

export type CommentPage =
  | {
      readonly kind: 'found'
      /** Each as JSON. */
      readonly items: readonly string[]
      readonly commentsOpen: boolean
      /** Of the last comment and of its post: names change, ids do not. */
      readonly next: readonly string[] | undefined
    }
  | { readonly kind: 'moved'; readonly slug: string }

/** `expect` is shown the version as it is, its row locked, and throws when the change was meant for another. */
type Expect = (current: { readonly tag: string }) => void

/** The verbs on comments of public posts. */
export function createComments({ store, keptAnswers, inTransaction, render, changed }: CommentsOptions) {
  return {
    async page(slug: string, { parent, order, after, limit }: CommentPageRequest): Promise<CommentPage> {
      if (!hasFormOfSlug(slug)) throw postNotFound()
      const rows = await store.page(slug, parent, order, after?.[0], limit + 1)
      const [post] = rows
      if (post === undefined) throw postNotFound()
      if (post.slug !== slug) return { kind: 'moved', slug: post.slug }
      if (after !== undefined && after[1] !== post.id) throw cursorRefused()
      const comments = rows.map(commentOf).filter(comment => comment !== null)
      const { items, end } = fillPage(comments, limit, toComment)
      return { kind: 'found', items, commentsOpen: post.commentsOpen, next: end && [end.id, post.id] }
    },

    async create(
      { accountId }: Actor,
      slug: string,
      { body, parentId }: NewComment,
      request?: Omit<IdempotentRequest, 'authorId'>,
    ): Promise<Replayable<Comment>> {
      const kept = await replayed(keptAnswers, request, KeptComment)
      if (kept !== undefined) return kept
      if (!(await found(store, slug)).commentsOpen) throw closed()
      const { html } = await render(body, accountId)
      const [answer, post] = await inTransaction(async ({ comments, idempotency }) => {
        const post = await found(comments, slug)
        const answer = await once(
          idempotency,
          request && { ...request, authorId: post.authorId },
          KeptComment,
          async () => {
            if (!post.commentsOpen) throw closed()
            const id = await comments.insert(post, accountId, parentId, body, html)
            if (id === undefined) throw parentNotFound()
            return toComment(existing(await comments.find(post, id)))
          },
        )
        return [answer, post]
      })
      await changed([slug, post.slug])
      return answer
    },

    async change(actor: Actor, slug: string, id: CommentId, body: string, expect: Expect): Promise<Comment> {
      const target = await found(store, slug)
      expectOwn(await store.find(target, id), actor, expect)
      const { html } = await render(body, actor.accountId)
      return inTransaction(async ({ comments }) => {
        const post = await found(comments, slug)
        const current = expectOwn(await comments.lock(post, id), actor, expect)
        if (current.body === body) return toComment(current)
        await comments.update(post, id, body, html)
        return toComment(existing(await comments.find(post, id)))
      })
    },

    /** Its writer deletes a comment; so does the author of the post, whose page it is on, and whoever moderates. */
    async delete(actor: Actor, slug: string, id: CommentId, expect: Expect): Promise<void> {
      const post = await inTransaction(async ({ comments }) => {
        const post = await found(comments, slug)
        const isHost = post.authorId === actor.accountId || actor.role !== 'user'
        const locked = await comments.lock(post, id)
        if (isHost) expectVersion(requireLive(locked), expect)
        else expectOwn(locked, actor, expect)
        await comments.delete(post, id)
        return post
      })
      await changed([slug, post.slug])
    },
  }
}

export type Comments = ReturnType<typeof createComments>

const commentNotFound = () => new Problem('not_found', 'There is no such comment.')
const parentNotFound = () =>
  new Problem('invalid_body', 'Refused: parentId.', {
    errors: [{ path: 'parentId', message: 'must be a comment of this post' }],
  })

const closed = () => new Problem('forbidden', 'This post takes no more comments.')

async function found(comments: Pick<Commenting, 'post'>, slug: string): Promise<CommentedPost> {
  const post = hasFormOfSlug(slug) ? await comments.post(slug) : undefined
  if (post === undefined) throw postNotFound()
  return post
}

function requireLive(found: CommentRow | undefined): CommentRow {
  const current = existing(found)
  if (current.isDeleted) throw commentNotFound()
  return current
}

function expectVersion(current: CommentRow, expect: Expect): CommentRow {
  expect({ tag: tagOf(current) })
  return current
}

function expectOwn(found: CommentRow | undefined, { accountId }: Actor, expect: Expect): CommentRow {
  const current = requireLive(found)
  if (current.accountId !== accountId) throw new Problem('forbidden', 'This comment is not yours.')
  return expectVersion(current, expect)
}

function existing(row: CommentRow | undefined): CommentRow {
  if (row === undefined) throw commentNotFound()
  return row
}

const commentOf = ({ comment }: CommentPageRow) => comment

const tagOf = (row: CommentRow): string => `"${versionOf(row)}"`

const toComment = (row: CommentRow): Comment => ({
  id: row.id,
  parentId: row.parentId,
  body: row.body,
  html: row.html,
  author: row.isDeleted
    ? null
    : { username: row.username, displayName: row.displayName, avatarUrl: row.avatarUrl },
  isDeleted: row.isDeleted,
  repliesCount: row.repliesCount,
  createdAt: new Date(row.createdAt).toISOString(),
  updatedAt: new Date(row.updatedAt).toISOString(),
  etag: tagOf(row),
})
