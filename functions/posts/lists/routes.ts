import type { HttpApp } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import { cacheable } from '../../shared/openapi/cacheable.ts'
import type { Dependencies } from '../dependencies.ts'
import { age, pageHeaders, usernameMoved } from '../http/documentation.ts'
import { respondWithDocument } from '../http/responses.ts'
import { cursorScope, listPosts as listPostsOf, toPostList } from './list-posts.ts'
import { ListQuery, PostPage } from './schemas.ts'

const listPosts = operation({
  method: 'get',
  path: '/posts',
  authentication: 'optional',
  query: ListQuery,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'listPosts',
        summary: 'List posts or search them',
        description:
          'Public posts by tag, author, favoriting user, language and period (`from` inclusive, `to` exclusive); with ' +
          '`state`, your own posts. `q` searches them. Filters combine. `fields` selects the long members. `total=true` ' +
          'counts, up to 10,000. A page ends before `limit` when it reaches 1 MiB: follow `nextCursor` until it is null. ' +
          'The favorites of a private profile are listed for its owner alone. ' +
          `A former username redirects (308) to the present one. ${cacheable}`,
        responses: {
          200: { description: 'One page.', schema: PostPage, headers: { ...pageHeaders, ...age } },
          ...usernameMoved,
        },
        problems: ['invalid_parameter', 'unauthenticated'],
      },
})

export const listOperations = [listPosts]

export function listRoutes(app: HttpApp, guards: Guards, dependencies: Dependencies, cursors: Cursors): void {
  route(app, guards, listPosts, async (c, { actor, query }) => {
    const list = toPostList(query, actor)
    const after =
      query.cursor === undefined ? undefined : cursors.decodeCursor(cursorScope(list), query.cursor)
    return respondWithDocument(
      c,
      await listPostsOf(dependencies, { list, limit: query.limit, after, viewer: actor }),
    )
  })
}
