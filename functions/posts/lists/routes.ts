import type { HttpApp } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { withQuery } from '../../shared/http/query.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Guards } from '../http/guards.ts'
import { respondWithDocument } from '../http/responses.ts'
import { cursorScope, listPosts, toPostList } from './list-posts.ts'
import { ListQuery } from './schemas.ts'

export function listRoutes(app: HttpApp, dependencies: Dependencies, cursors: Cursors, guards: Guards): void {
  app.get(
    '/posts',
    guards.optional,
    withQuery(ListQuery, async (c, query) => {
      const list = toPostList(query, c.get('actor'))
      const after = query.cursor === undefined ? undefined : cursors.open(cursorScope(list), query.cursor)
      return respondWithDocument(c, await listPosts(dependencies, { list, limit: query.limit, after }))
    }),
  )
}
