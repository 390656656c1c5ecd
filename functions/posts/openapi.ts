import * as v from 'valibot'
import { documentOperation, healthOperation } from '../shared/openapi/health.ts'
import type { Operation } from '../shared/openapi/operation.ts'
import { FeedQuery } from './feed/schemas.ts'
import { IdempotencyHeader } from './idempotency/schemas.ts'
import { ListQuery, PostPage } from './lists/schemas.ts'
import { age, authorMoved, moved, replayed } from './openapi-headers.ts'
import { reactionOperations } from './openapi-reactions.ts'
import { NewPost, Post, PostPatch, SlugParameter } from './posts/schemas.ts'
import { AtomQuery, SitemapQuery } from './syndication/schemas.ts'
import { TagPage, TagsQuery } from './tags/schemas.ts'

const etag = {
  ETag: 'Changes with every change of the answer; good for If-Match until the author changes the post.',
}
const cacheable = 'Cacheable; answers 304 to If-None-Match with the ETag you have. '
const moves = 'A former slug redirects (308) to the present one. '
const hidden = 'A post that is not public answers 404 to all but its author. '
const ifMatch = v.object({ 'If-Match': v.string() })

export const operations: readonly Operation[] = [
  {
    method: 'post',
    path: '/posts',
    operationId: 'createPost',
    summary: 'Write a post',
    description:
      'The slug is made from the title, whatever its script. `scheduled` needs a `publishedAt` to come; so has ' +
      '`published` with one. The Markdown is rendered and sanitised now, not when it is read.',
    authentication: 'required',
    headers: IdempotencyHeader,
    body: NewPost,
    answers: {
      201: {
        description: 'The post.',
        schema: Post,
        headers: { ...etag, Location: 'Path of the post.', ...replayed },
      },
    },
    problems: ['too_many_requests', 'conflict', 'idempotency_key_reused', 'body_too_large'],
  },
  {
    method: 'get',
    path: '/posts',
    operationId: 'listPosts',
    summary: 'Lists of posts, and search in them',
    description:
      'Public posts by tag, author, who favorited them, language and period (`from` inclusive, `to` not); with ' +
      '`state` your own. `q` searches them. Filters go together. `fields` says which long members come. ' +
      '`total=true` counts, up to 10,000. A page ends before `limit` when it is full, at 1 MiB: go on with `nextCursor` ' +
      'until it is null. A former username redirects (308) to the present one. ' +
      cacheable,
    authentication: 'optional',
    query: ListQuery,
    answers: {
      200: { description: 'One page.', schema: PostPage, headers: { ETag: 'Of this page.', ...age } },
      ...authorMoved,
    },
    problems: ['invalid_parameter', 'unauthenticated'],
  },
  {
    method: 'get',
    path: '/posts/{slug}',
    operationId: 'getPost',
    summary: 'One post',
    description: cacheable + moves + hidden,
    authentication: 'optional',
    pathParameters: SlugParameter,
    answers: { 200: { description: 'The post.', schema: Post, headers: { ...etag, ...age } }, ...moved },
    problems: ['not_found'],
  },
  {
    method: 'patch',
    path: '/posts/{slug}',
    operationId: 'changePost',
    summary: 'Change a post of yours',
    description:
      'JSON merge-patch (RFC 7396): an absent member keeps its value, null clears it. The slug stays when the title ' +
      'changes; `slug` asks for another, null for one from the title, and the former one redirects.',
    authentication: 'required',
    pathParameters: SlugParameter,
    headers: ifMatch,
    body: PostPatch,
    answers: { 200: { description: 'The post after the change.', schema: Post, headers: etag } },
    problems: [
      'too_many_requests',
      'not_found',
      'forbidden',
      'conflict',
      'precondition_failed',
      'precondition_required',
    ],
  },
  {
    method: 'delete',
    path: '/posts/{slug}',
    operationId: 'deletePost',
    summary: 'Delete a post of yours',
    description: 'With its comments and favorites.',
    authentication: 'required',
    pathParameters: SlugParameter,
    headers: ifMatch,
    answers: { 204: { description: 'It is gone.' } },
    problems: ['too_many_requests', 'not_found', 'forbidden', 'precondition_failed', 'precondition_required'],
  },
  ...reactionOperations,
  {
    method: 'get',
    path: '/posts/feed',
    operationId: 'getFeed',
    summary: 'Posts of the people you follow, newest first',
    authentication: 'required',
    query: FeedQuery,
    answers: { 200: { description: 'One page.', schema: PostPage, headers: { ETag: 'Of this page.' } } },
    problems: ['invalid_parameter'],
  },
  {
    method: 'get',
    path: '/posts/tags',
    operationId: 'listTags',
    summary: 'Tags and how many public posts have them, the most used first',
    description: cacheable,
    authentication: 'optional',
    query: TagsQuery,
    answers: {
      200: { description: 'One page.', schema: TagPage, headers: { ETag: 'Of this page.', ...age } },
    },
    problems: ['invalid_parameter'],
  },
  {
    method: 'get',
    path: '/posts/atom.xml',
    operationId: 'getAtomFeed',
    summary: 'The newest public posts as an Atom feed (RFC 4287), also of one tag or author',
    description:
      '20 entries with their whole texts as long as those fit in 1 MiB, then with their summaries. ' +
      cacheable,
    authentication: 'none',
    query: AtomQuery,
    answers: {
      200: {
        description: 'The feed.',
        contentType: 'application/atom+xml',
        headers: { ETag: 'Of this document.', ...age },
      },
      ...authorMoved,
    },
    problems: ['invalid_parameter'],
  },
  {
    method: 'get',
    path: '/posts/sitemap.xml',
    operationId: 'getSitemap',
    summary: 'Sitemaps of the public posts (sitemaps.org): the index, or with `day` the one of that day',
    description: cacheable,
    authentication: 'none',
    query: SitemapQuery,
    answers: {
      200: {
        description: 'The sitemap.',
        contentType: 'application/xml',
        headers: { ETag: 'Of this document.', ...age },
      },
    },
    problems: ['invalid_parameter'],
  },
  healthOperation('posts'),
  documentOperation('posts'),
]
