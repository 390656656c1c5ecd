import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp, HttpContext } from '../../shared/http/context.ts'
import { readBody } from '../../shared/http/input.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Guards } from '../http/guards.ts'
import { idempotentRequest } from '../http/idempotent-request.ts'
import { requireVersion } from '../http/preconditions.ts'
import { postPath, privateCacheControl, redirectToSlug, respondWithDocument } from '../http/responses.ts'
import { changePost } from './change-post.ts'
import { createPost } from './create-post.ts'
import { deletePost } from './delete-post.ts'
import type { PostDocument } from './documents.ts'
import { readPost } from './read-post.ts'
import { maxRequestBytes, NewPost, PostPatch } from './schemas.ts'

export function postRoutes(app: HttpApp, dependencies: Dependencies, guards: Guards): void {
  const limitChanges = guards.limit('change-posts')
  app.post('/posts', guards.required, guards.limit('write-posts'), async c => {
    const actor = actorOf(c)
    const post = await readBody(c, NewPost, maxRequestBytes)
    const request = idempotentRequest(c, actor, post)
    const { value, isReplay } = await createPost(dependencies, { actor, post, request })
    return written(c, value, 201, {
      location: postPath(value.slug),
      ...(isReplay && { 'idempotency-replayed': 'true' }),
    })
  })

  app.get('/posts/:slug', guards.optional, async c => {
    const found = await readPost(dependencies, { slug: c.req.param('slug'), viewer: c.get('actor') })
    if (found.kind === 'moved') return redirectToSlug(c, found.slug, found.isPublic)
    return respondWithDocument(c, found)
  })

  app.patch('/posts/:slug', guards.required, limitChanges, async c => {
    const assertVersion = requireVersion(c)
    const patch = await readBody(c, PostPatch, maxRequestBytes)
    const slug = c.req.param('slug')
    const document = await changePost(dependencies, { actor: actorOf(c), slug, patch, assertVersion })
    return written(c, document, 200)
  })

  app.delete('/posts/:slug', guards.required, limitChanges, async c => {
    const assertVersion = requireVersion(c)
    await deletePost(dependencies, { actor: actorOf(c), slug: c.req.param('slug'), assertVersion })
    return c.body(null, 204)
  })
}

const written = (
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
