import type { HttpApp } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import { cacheable } from '../../shared/openapi/cacheable.ts'
import type { Dependencies } from '../dependencies.ts'
import { age, pageHeaders } from '../http/documentation.ts'
import { respondWithDocument } from '../http/responses.ts'
import { listTags as listTagsOf, tagsScope } from './list-tags.ts'
import { TagPage, TagsQuery } from './schemas.ts'

const listTags = operation({
  method: 'get',
  path: '/posts/tags',
  authentication: 'optional',
  query: TagsQuery,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'listTags',
        summary: 'List tags with their number of public posts, the most used first',
        description: cacheable,
        responses: {
          200: { description: 'One page.', schema: TagPage, headers: { ...pageHeaders, ...age } },
        },
        problems: ['invalid_parameter'],
      },
})

export const tagOperations = [listTags]

export function tagRoutes(app: HttpApp, guards: Guards, dependencies: Dependencies, cursors: Cursors): void {
  route(app, guards, listTags, async (c, { query: { limit, cursor } }) => {
    const after = cursor === undefined ? undefined : cursors.decodeCursor(tagsScope, cursor)
    return respondWithDocument(c, await listTagsOf(dependencies, { limit, after }))
  })
}
