import type { HttpApp, HttpContext } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { taggedJson } from '../../shared/http/entity-tag.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import type { Dependencies } from '../dependencies.ts'
import { pageHeaders, replayed, slugMoved } from '../http/documentation.ts'
import { keyedRequest } from '../http/keyed-request.ts'
import { versionAssertion } from '../http/preconditions.ts'
import { privateCacheControl, publicCacheControl, redirectToSlug } from '../http/responses.ts'
import { IdempotencyHeader } from '../idempotency/schemas.ts'
import type { LimitName } from '../limits.ts'
import { SlugParameter } from '../posts/schemas.ts'
import { commentsScope, listComments as listCommentsOf } from './list-comments.ts'
import {
  Comment,
  CommentPage,
  CommentParameters,
  CommentPatch,
  CommentsQuery,
  maxRequestBytes,
  NewComment,
} from './schemas.ts'
import * as useCases from './write-comments.ts'

const etag = { ETag: 'Of this version of the comment.' }

const listComments = operation({
  method: 'get',
  path: '/posts/{slug}/comments',
  authentication: 'none',
  pathParameters: SlugParameter,
  query: CommentsQuery,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'listComments',
        summary: 'List the comments on a post, or with `parent` the replies to one of them',
        description:
          'Without `parent` only the comments that reply to none; `repliesCount` says how many replies each has.',
        responses: {
          200: { description: 'One page.', schema: CommentPage, headers: pageHeaders },
          ...slugMoved,
        },
        problems: ['not_found', 'invalid_parameter'],
      },
})

const createComment = operation({
  method: 'post',
  path: '/posts/{slug}/comments',
  authentication: 'required',
  limit: 'write-comments',
  pathParameters: SlugParameter,
  headers: IdempotencyHeader,
  body: NewComment,
  maxBodyBytes: maxRequestBytes,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'createComment',
        summary: 'Comment on a post, or with `parentId` reply to a comment',
        description:
          'The Markdown is rendered and sanitized like that of posts. 403 if the author has closed the comments.',
        responses: {
          201: { description: 'The new comment.', schema: Comment, headers: { ...etag, ...replayed } },
        },
        problems: ['not_found', 'forbidden', 'idempotency_key_reused'],
      },
})

const changeComment = operation({
  method: 'patch',
  path: '/posts/{slug}/comments/{commentId}',
  authentication: 'required',
  limit: 'write-comments',
  pathParameters: CommentParameters,
  ifMatch: 'required',
  body: CommentPatch,
  maxBodyBytes: maxRequestBytes,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'changeComment',
        summary: 'Update a comment of yours',
        description: 'The author of the post cannot change the comments of others, only delete them.',
        responses: { 200: { description: 'The updated comment.', schema: Comment, headers: etag } },
        problems: ['not_found', 'forbidden'],
      },
})

const deleteComment = operation({
  method: 'delete',
  path: '/posts/{slug}/comments/{commentId}',
  authentication: 'required',
  limit: 'delete-comments',
  pathParameters: CommentParameters,
  ifMatch: 'required',
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'deleteComment',
        summary: 'Delete a comment of yours, or one on your post',
        description:
          'Moderators and admins can delete any comment. A comment with replies remains as an empty placeholder.',
        responses: { 204: { description: 'Comment deleted.' } },
        problems: ['not_found', 'forbidden'],
      },
})

export const commentOperations = [listComments, createComment, changeComment, deleteComment]

export function commentRoutes(
  app: HttpApp,
  guards: Guards<LimitName>,
  dependencies: Dependencies,
  cursors: Cursors,
): void {
  route(app, guards, listComments, async (c, { params: { slug }, query }) => {
    const { limit, cursor, parent: parentId = null, order } = query
    const list = { parentId, order }
    const after = cursor === undefined ? undefined : cursors.decodeCursor(commentsScope(list), cursor)
    const page = await listCommentsOf(dependencies, { slug, list, limit, after })
    if (page.kind === 'moved') return redirectToSlug(c, page.slug, true)
    return taggedJson(c, page.json, publicCacheControl)
  })

  route(app, guards, createComment, async (c, { actor, params: { slug }, headers, body }) => {
    const request = keyedRequest(c, { actor, headers, body })
    const creation = { actor, slug, comment: body, request }
    const { value, isReplay } = await useCases.createComment(dependencies, creation)
    return respond(c, value, 201, isReplay ? { 'idempotency-replayed': 'true' } : {})
  })

  route(app, guards, changeComment, async (c, { actor, params, body, ifMatch }) => {
    const { slug, commentId: id } = params
    const change = { actor, slug, id, body: body.body, assertVersion: versionAssertion(ifMatch) }
    return respond(c, await useCases.changeComment(dependencies, change), 200)
  })

  route(app, guards, deleteComment, async (c, { actor, params, ifMatch }) => {
    const { slug, commentId: id } = params
    const assertVersion = versionAssertion(ifMatch)
    await useCases.deleteComment(dependencies, { actor, slug, id, assertVersion })
    return c.body(null, 204)
  })
}

const respond = (
  c: HttpContext,
  comment: Comment,
  status: 200 | 201,
  headers: Readonly<Record<string, string>> = {},
) => c.json(comment, status, { 'cache-control': privateCacheControl, etag: comment.etag, ...headers })
