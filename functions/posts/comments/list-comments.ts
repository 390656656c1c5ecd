import { DomainError } from '../../shared/domain-error.ts'
import type { CommentId } from '../../shared/ids.ts'
import type { Dependencies } from '../dependencies.ts'
import type { PagePosition } from '../lists/list-posts.ts'
import { fillPage, pageJson } from '../lists/page.ts'
import { postNotFound } from '../posts/post-errors.ts'
import { toComment } from './comment.ts'
import { type CommentOrder, findCommentPage } from './page-queries.ts'

export interface CommentList {
  readonly parentId: CommentId | null
  readonly order: CommentOrder
}

/** The list that a cursor is valid for. */
export const commentsScope = ({ parentId, order }: CommentList): string =>
  `comments:${parentId ?? ''}:${order}`

export type ListedComments =
  | { readonly kind: 'found'; readonly json: string }
  | { readonly kind: 'moved'; readonly slug: string }

/** One page of the comments on a public post, or of the replies to one of them. */
export async function listComments(
  { db, encodeCursor }: Pick<Dependencies, 'db' | 'encodeCursor'>,
  { slug, list, limit, after }: { readonly slug: string; readonly list: CommentList } & PagePosition,
): Promise<ListedComments> {
  // A position has the id of the post too: slugs change, ids do not.
  const [afterId, afterPostId] = after ?? []
  const rows = await findCommentPage(db, { slug, ...list, after: afterId, limit: limit + 1 })
  const [post] = rows
  if (post === undefined) throw postNotFound()
  if (post.slug !== slug) return { kind: 'moved', slug: post.slug }
  if (after !== undefined && afterPostId !== post.id) throw new DomainError('invalid_cursor', {})
  const comments = rows.map(({ comment }) => comment).filter(comment => comment !== null)
  const { items, end } = fillPage(comments, limit, toComment)
  const nextCursor = end === undefined ? null : encodeCursor(commentsScope(list), [end.id, post.id])
  return { kind: 'found', json: pageJson(items, { nextCursor, commentsOpen: post.commentsOpen }) }
}
