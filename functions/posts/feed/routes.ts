import type { HttpApp } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import type { Dependencies } from '../dependencies.ts'
import { pageHeaders } from '../http/documentation.ts'
import { respondWithDocument } from '../http/responses.ts'
import { PostPage } from '../lists/schemas.ts'
import { feedScope, readFeed } from './read-feed.ts'
import { FeedQuery } from './schemas.ts'

const getFeed = operation({
  method: 'get',
  path: '/posts/feed',
  authentication: 'required',
  query: FeedQuery,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'getFeed',
        summary: 'List posts by the people you follow, newest first',
        description: 'Published posts only.',
        responses: { 200: { description: 'One page.', schema: PostPage, headers: pageHeaders } },
        problems: ['invalid_parameter'],
      },
})

export const feedOperations = [getFeed]

export function feedRoutes(app: HttpApp, guards: Guards, dependencies: Dependencies, cursors: Cursors): void {
  route(app, guards, getFeed, async (c, { actor: reader, query: { limit, cursor, fields } }) => {
    const after = cursor === undefined ? undefined : cursors.decodeCursor(feedScope(reader), cursor)
    return respondWithDocument(c, await readFeed(dependencies, { reader, fields, limit, after }))
  })
}
