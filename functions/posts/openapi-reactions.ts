import * as v from 'valibot'
import type { Operation } from '../shared/openapi/operation.ts'
import {
  Comment,
  CommentPage,
  CommentParameters,
  CommentPatch,
  CommentsQuery,
  NewComment,
} from './comments/schemas.ts'
import { FavoriteState, Favorites, FavoritesQuery } from './favorites/schemas.ts'
import { IdempotencyHeader } from './idempotency/schemas.ts'
import { moved, replayed } from './openapi-headers.ts'
import { SlugParameter } from './posts/schemas.ts'

const ifMatch = v.object({ 'If-Match': v.string() })
const etag = { ETag: 'Of this version of the comment.' }

const favorite = (method: 'get' | 'put' | 'delete', operationId: string, summary: string): Operation => ({
  method,
  path: '/posts/{slug}/favorite',
  operationId,
  summary,
  ...(method !== 'get' && { description: 'Idempotent.' }),
  authentication: 'required',
  pathParameters: SlugParameter,
  answers: {
    200: { description: 'Whether it is a favorite of yours now.', schema: FavoriteState },
    ...moved,
  },
  problems: method === 'get' ? ['not_found'] : ['not_found', 'too_many_requests'],
})

/** What others do to a post. */
export const reactionOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/posts/favorites',
    operationId: 'listFavoritesAmong',
    summary: 'Which of these posts are favorites of yours',
    description: 'One question for a page of posts. A slug that no public post has is left out.',
    authentication: 'required',
    query: FavoritesQuery,
    answers: { 200: { description: 'Those that are.', schema: Favorites } },
    problems: ['invalid_parameter'],
  },
  favorite('get', 'isFavoritePost', 'Whether a post is a favorite of yours'),
  favorite('put', 'addFavoritePost', 'Make a post a favorite of yours'),
  favorite('delete', 'removeFavoritePost', 'Take a post from your favorites'),
  {
    method: 'get',
    path: '/posts/{slug}/comments',
    operationId: 'listComments',
    summary: 'Comments on a post, or with `parent` the replies to one of them',
    authentication: 'none',
    pathParameters: SlugParameter,
    query: CommentsQuery,
    answers: {
      200: { description: 'One page.', schema: CommentPage, headers: { ETag: 'Of this page.' } },
      ...moved,
    },
    problems: ['not_found', 'invalid_parameter'],
  },
  {
    method: 'post',
    path: '/posts/{slug}/comments',
    operationId: 'createComment',
    summary: 'Comment on a post, or with `parentId` reply to a comment',
    description:
      'The Markdown is rendered and sanitised as that of posts. 403 where the author has closed them.',
    authentication: 'required',
    pathParameters: SlugParameter,
    headers: IdempotencyHeader,
    body: NewComment,
    answers: { 201: { description: 'The comment.', schema: Comment, headers: { ...etag, ...replayed } } },
    problems: ['too_many_requests', 'not_found', 'forbidden', 'idempotency_key_reused', 'body_too_large'],
  },
  {
    method: 'patch',
    path: '/posts/{slug}/comments/{commentId}',
    operationId: 'changeComment',
    summary: 'Change a comment of yours',
    authentication: 'required',
    pathParameters: CommentParameters,
    headers: ifMatch,
    body: CommentPatch,
    answers: { 200: { description: 'The comment after the change.', schema: Comment, headers: etag } },
    problems: ['too_many_requests', 'not_found', 'forbidden', 'precondition_failed', 'precondition_required'],
  },
  {
    method: 'delete',
    path: '/posts/{slug}/comments/{commentId}',
    operationId: 'deleteComment',
    summary: 'Delete a comment of yours, or on your post',
    description: 'One that has replies stays in its place, empty.',
    authentication: 'required',
    pathParameters: CommentParameters,
    headers: ifMatch,
    answers: { 204: { description: 'It is gone.' } },
    problems: ['too_many_requests', 'not_found', 'forbidden', 'precondition_failed', 'precondition_required'],
  },
]
