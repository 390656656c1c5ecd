import type { HttpApp } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { withQuery } from '../../shared/http/query.ts'
import { answer, type Guards } from '../http/responses.ts'
import { cursorName, type Lists, listOf } from './lists.ts'
import { ListQuery } from './schemas.ts'

export function listRoutes(app: HttpApp, lists: Lists, cursors: Pick<Cursors, 'open'>, guards: Guards): void {
  app.get(
    '/posts',
    guards.optional,
    withQuery(ListQuery, async (c, query) => {
      const list = listOf(query, c.get('actor'))
      const after = query.cursor === undefined ? undefined : cursors.open(cursorName(list), query.cursor)
      return answer(c, await lists.page(list, { limit: query.limit, after }))
    }),
  )
}
