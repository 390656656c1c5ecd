import type { HttpApp, HttpContext } from '../../shared/http/context.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import { cacheable } from '../../shared/openapi/cacheable.ts'
import type { Dependencies } from '../dependencies.ts'
import { age, replayed, slugMoved } from '../http/documentation.ts'
import { keyedRequest } from '../http/keyed-request.ts'
import { versionAssertion } from '../http/preconditions.ts'
import { postPath, privateCacheControl, redirectToSlug, respondWithDocument } from '../http/responses.ts'
import { IdempotencyHeader } from '../idempotency/schemas.ts'
import type { LimitName } from '../limits.ts'
import * as useCases from './change-post.ts'
import * as creation from './create-post.ts'
import * as deletion from './delete-post.ts'
import type { PostDocument } from './documents.ts'
import { readPost } from './read-post.ts'
import { maxRequestBytes, NewPost, Post, PostPatch, SlugParameter } from './schemas.ts'

const etag = {
  ETag: 'Changes with the representation; valid for If-Match until the author changes the post.',
}

const createPost = operation({
  method: 'post',
  path: '/posts',
  authentication: 'required',
  limit: 'write-posts',
  headers: IdempotencyHeader,
  body: NewPost,
  maxBodyBytes: maxRequestBytes,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'createPost',
        summary: 'Create a post',
        description:
          'The slug is made from the title, in any script. `scheduled` requires a `publishedAt` in the future; ' +
          '`published` with one is scheduled too. The Markdown is rendered and sanitized when it is written, not when it ' +
          'is read.',
        responses: {
          201: {
            description: 'The new post.',
            schema: Post,
            headers: { ...etag, Location: 'Path of the post.', ...replayed },
          },
        },
        problems: ['conflict', 'idempotency_key_reused'],
      },
})

const getPost = operation({
  method: 'get',
  path: '/posts/{slug}',
  authentication: 'optional',
  pathParameters: SlugParameter,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'getPost',
        summary: 'Get a post',
        description:
          'A former slug redirects (308) to the present one. Only its author gets a post that is not public; everyone ' +
          `else gets 404. ${cacheable}`,
        responses: {
          200: { description: 'The post.', schema: Post, headers: { ...etag, ...age } },
          ...slugMoved,
        },
        problems: ['not_found'],
      },
})

const changePost = operation({
  method: 'patch',
  path: '/posts/{slug}',
  authentication: 'required',
  limit: 'change-posts',
  pathParameters: SlugParameter,
  ifMatch: 'required',
  body: PostPatch,
  maxBodyBytes: maxRequestBytes,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'changePost',
        summary: 'Update a post of yours',
        description:
          'JSON merge-patch (RFC 7396): an absent member keeps its value, null clears it. A new title does not change the ' +
          'slug; `slug` requests another one, null one made from the title. Former slugs redirect.',
        responses: { 200: { description: 'The updated post.', schema: Post, headers: etag } },
        problems: ['not_found', 'forbidden', 'conflict'],
      },
})

const deletePost = operation({
  method: 'delete',
  path: '/posts/{slug}',
  authentication: 'required',
  limit: 'change-posts',
  pathParameters: SlugParameter,
  ifMatch: 'required',
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'deletePost',
        summary: 'Delete a post of yours',
        description: 'Deletes its comments and favorites too.',
        responses: { 204: { description: 'Post deleted.' } },
        problems: ['not_found', 'forbidden'],
      },
})

export const postOperations = [createPost, getPost, changePost, deletePost]

export function postRoutes(app: HttpApp, guards: Guards<LimitName>, dependencies: Dependencies): void {
  route(app, guards, createPost, async (c, { actor, headers, body }) => {
    const request = keyedRequest(c, { actor, headers, body })
    const { value, isReplay } = await creation.createPost(dependencies, { actor, post: body, request })
    return respond(c, value, 201, {
      location: postPath(value.slug),
      ...(isReplay && { 'idempotency-replayed': 'true' }),
    })
  })

  route(app, guards, getPost, async (c, { actor, params }) => {
    const found = await readPost(dependencies, { slug: params.slug, viewer: actor })
    if (found.kind === 'moved') return redirectToSlug(c, found.slug, found.isPublic)
    return respondWithDocument(c, found)
  })

  route(app, guards, changePost, async (c, { actor, params, body, ifMatch }) => {
    const change = { actor, slug: params.slug, patch: body, assertVersion: versionAssertion(ifMatch) }
    return respond(c, await useCases.changePost(dependencies, change), 200)
  })

  route(app, guards, deletePost, async (c, { actor, params, ifMatch }) => {
    const assertVersion = versionAssertion(ifMatch)
    await deletion.deletePost(dependencies, { actor, slug: params.slug, assertVersion })
    return c.body(null, 204)
  })
}

const respond = (
  c: HttpContext,
  document: PostDocument,
  status: 200 | 201,
  headers: Readonly<Record<string, string>> = {},
) =>
  c.body(document.text, status, {
    'content-type': 'application/json',
    'cache-control': privateCacheControl,
    etag: document.tag,
    ...headers,
  })
