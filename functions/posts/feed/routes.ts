import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { withQuery } from '../../shared/http/query.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Guards } from '../http/guards.ts'
import { respondWithDocument } from '../http/responses.ts'
import { feedScope, readFeed } from './read-feed.ts'
import { FeedQuery } from './schemas.ts'

export function feedRoutes(app: HttpApp, dependencies: Dependencies, cursors: Cursors, guards: Guards): void {
  app.get(
    '/posts/feed',
    guards.required,
    withQuery(FeedQuery, async (c, { limit, cursor, fields }) => {
      const reader = actorOf(c)
      const after = cursor === undefined ? undefined : cursors.open(feedScope(reader), cursor)
      return respondWithDocument(c, await readFeed(dependencies, { reader, fields, limit, after }))
    }),
  )
}
