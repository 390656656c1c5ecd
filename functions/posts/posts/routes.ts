import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp, HttpContext } from '../../shared/http/context.ts'
import { readBody } from '../../shared/http/input.ts'
import { idempotentRequest } from '../http/idempotent-request.ts'
import { requireVersion } from '../http/preconditions.ts'
import { answer, type Guards, moved, postPath, privateCacheControl } from '../http/responses.ts'
import type { PostDocument } from './documents.ts'
import type { Posts } from './posts.ts'
import type { ReadingOfPosts } from './read-post.ts'
import { maxRequestBytes, NewPost, PostPatch } from './schemas.ts'

export function postRoutes(app: HttpApp, posts: Posts, reading: ReadingOfPosts, guards: Guards): void {
  const limitChanges = guards.limit('change-posts')
  app.post('/posts', guards.required, guards.limit('write-posts'), async c => {
    const actor = actorOf(c)
    const input = await readBody(c, NewPost, maxRequestBytes)
    const request = idempotentRequest(c, actor, input)
    const { value, isReplay } = await posts.create(
      actor,
      input,
      request && { ...request, authorId: actor.accountId },
    )
    return written(c, value, 201, {
      location: postPath(value.slug),
      ...(isReplay && { 'idempotency-replayed': 'true' }),
    })
  })

  app.get('/posts/:slug', guards.optional, async c => {
    const found = await reading.read(c.req.param('slug'), c.get('actor'))
    if (found.kind === 'moved') return moved(c, found.slug, found.isPublic)
    return answer(c, found)
  })

  app.patch('/posts/:slug', guards.required, limitChanges, async c => {
    const expect = requireVersion(c)
    const patch = await readBody(c, PostPatch, maxRequestBytes)
    return written(c, await posts.change(actorOf(c), c.req.param('slug'), patch, expect), 200)
  })

  app.delete('/posts/:slug', guards.required, limitChanges, async c => {
    await posts.delete(actorOf(c), c.req.param('slug'), requireVersion(c))
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
