import type { HttpApp } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { withQuery } from '../../shared/http/query.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Guards } from '../http/guards.ts'
import { respondWithDocument } from '../http/responses.ts'
import { listTags, tagsScope } from './list-tags.ts'
import { TagsQuery } from './schemas.ts'

export function tagRoutes(app: HttpApp, dependencies: Dependencies, cursors: Cursors, guards: Guards): void {
  app.get(
    '/posts/tags',
    guards.optional,
    withQuery(TagsQuery, async (c, { limit, cursor }) => {
      const after = cursor === undefined ? undefined : cursors.open(tagsScope, cursor)
      return respondWithDocument(c, await listTags(dependencies, { limit, after }))
    }),
  )
}
