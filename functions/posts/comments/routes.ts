import * as v from 'valibot'
import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp, HttpContext } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { taggedJson } from '../../shared/http/entity-tag.ts'
import { readBody } from '../../shared/http/input.ts'
import { withQuery } from '../../shared/http/query.ts'
import { CommentIdSchema } from '../../shared/ids.ts'
import { Problem } from '../../shared/problems.ts'
import { idempotentRequest } from '../http/idempotent-request.ts'
import { requireVersion } from '../http/preconditions.ts'
import { type Guards, moved, privateCacheControl, publicCacheControl } from '../http/responses.ts'
import { pageText } from '../lists/pages.ts'
import type { Comments } from './comments.ts'
import { type Comment, CommentPatch, CommentsQuery, maxRequestBytes, NewComment } from './schemas.ts'

export function commentRoutes(
  app: HttpApp,
  comments: Comments,
  cursors: Cursors,
  { required, limit }: Guards,
): void {
  const limitWriting = limit('write-comments')
  app.get(
    '/posts/:slug/comments',
    withQuery(CommentsQuery, async (c, { limit, cursor, parent, order }) => {
      const slug = c.req.param('slug') ?? ''
      const name = `comments:${parent ?? ''}:${order}`
      const after = cursor === undefined ? undefined : cursors.open(name, cursor)
      const page = await comments.page(slug, { parent: parent ?? null, order, after, limit })
      if (page.kind === 'moved') return moved(c, page.slug, true)
      const { items, commentsOpen, next } = page
      const nextCursor = next === undefined ? null : cursors.seal(name, next)
      return taggedJson(c, pageText(items, { nextCursor, commentsOpen }), publicCacheControl)
    }),
  )

  app.post('/posts/:slug/comments', required, limitWriting, async c => {
    const actor = actorOf(c)
    const slug = c.req.param('slug')
    const input = await readBody(c, NewComment, maxRequestBytes)
    const { value, isReplay } = await comments.create(actor, slug, input, idempotentRequest(c, actor, input))
    return written(c, value, 201, isReplay ? { 'idempotency-replayed': 'true' } : {})
  })

  app.patch('/posts/:slug/comments/:commentId', required, limitWriting, async c => {
    const expect = requireVersion(c)
    const { body } = await readBody(c, CommentPatch, maxRequestBytes)
    return written(
      c,
      await comments.change(actorOf(c), c.req.param('slug'), commentIdOf(c), body, expect),
      200,
    )
  })

  app.delete('/posts/:slug/comments/:commentId', required, limit('delete-comments'), async c => {
    await comments.delete(actorOf(c), c.req.param('slug'), commentIdOf(c), requireVersion(c))
    return c.body(null, 204)
  })
}

/** What has not the form of an id is no comment's. */
function commentIdOf(c: HttpContext) {
  const id = v.safeParse(CommentIdSchema, c.req.param('commentId'))
  if (!id.success) throw new Problem('not_found', 'There is no such comment.')
  return id.output
}

const written = (
  c: HttpContext,
  comment: Comment,
  status: 200 | 201,
  headers: Readonly<Record<string, string>> = {},
) => c.json(comment, status, { 'cache-control': privateCacheControl, etag: comment.etag, ...headers })
