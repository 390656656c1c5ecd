import * as v from 'valibot'
import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp, HttpContext } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { taggedJson } from '../../shared/http/entity-tag.ts'
import { readBody } from '../../shared/http/input.ts'
import { withQuery } from '../../shared/http/query.ts'
import { CommentIdSchema } from '../../shared/ids.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Guards } from '../http/guards.ts'
import { idempotentRequest } from '../http/idempotent-request.ts'
import { requireVersion } from '../http/preconditions.ts'
import { privateCacheControl, publicCacheControl, redirectToSlug } from '../http/responses.ts'
import { commentNotFound } from './comment-errors.ts'
import { commentsScope, listComments } from './list-comments.ts'
import { type Comment, CommentPatch, CommentsQuery, maxRequestBytes, NewComment } from './schemas.ts'
import { changeComment, createComment, deleteComment } from './write-comments.ts'

export function commentRoutes(
  app: HttpApp,
  dependencies: Dependencies,
  cursors: Cursors,
  { required, limit }: Guards,
): void {
  const limitWriting = limit('write-comments')
  app.get(
    '/posts/:slug/comments',
    withQuery(CommentsQuery, async (c, { limit, cursor, parent, order }) => {
      const slug = c.req.param('slug') ?? ''
      const list = { parentId: parent ?? null, order }
      const after = cursor === undefined ? undefined : cursors.open(commentsScope(list), cursor)
      const page = await listComments(dependencies, { slug, list, limit, after })
      if (page.kind === 'moved') return redirectToSlug(c, page.slug, true)
      return taggedJson(c, page.json, publicCacheControl)
    }),
  )

  app.post('/posts/:slug/comments', required, limitWriting, async c => {
    const actor = actorOf(c)
    const slug = c.req.param('slug')
    const comment = await readBody(c, NewComment, maxRequestBytes)
    const request = idempotentRequest(c, actor, comment)
    const { value, isReplay } = await createComment(dependencies, { actor, slug, comment, request })
    return written(c, value, 201, isReplay ? { 'idempotency-replayed': 'true' } : {})
  })

  app.patch('/posts/:slug/comments/:commentId', required, limitWriting, async c => {
    const assertVersion = requireVersion(c)
    const { body } = await readBody(c, CommentPatch, maxRequestBytes)
    const target = { actor: actorOf(c), slug: c.req.param('slug'), id: commentIdOf(c), assertVersion }
    return written(c, await changeComment(dependencies, { ...target, body }), 200)
  })

  app.delete('/posts/:slug/comments/:commentId', required, limit('delete-comments'), async c => {
    const target = { actor: actorOf(c), slug: c.req.param('slug'), id: commentIdOf(c) }
    await deleteComment(dependencies, { ...target, assertVersion: requireVersion(c) })
    return c.body(null, 204)
  })
}

/** A text that is not a well-formed id names no comment. */
function commentIdOf(c: HttpContext) {
  const id = v.safeParse(CommentIdSchema, c.req.param('commentId'))
  if (!id.success) throw commentNotFound()
  return id.output
}

const written = (
  c: HttpContext,
  comment: Comment,
  status: 200 | 201,
  headers: Readonly<Record<string, string>> = {},
) => c.json(comment, status, { 'cache-control': privateCacheControl, etag: comment.etag, ...headers })
