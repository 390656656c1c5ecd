import type { HttpApp, HttpContext } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { taggedJson } from '../../shared/http/entity-tag.ts'
import { readParameters } from '../../shared/http/input.ts'
import { type ListOf, type Lists, listOf, type Page } from '../domain/lists.ts'
import { ListQuery } from '../schemas.ts'
import { type Guards, privateCacheControl, publicCacheControl } from './posts.ts'

export function listRoutes(app: HttpApp, lists: Lists, cursors: Cursors, guards: Guards): void {
  app.get('/posts', guards.optional, async c => {
    const query = readParameters(ListQuery, c.req.query())
    const list = listOf(query, c.get('actor'))
    const name = listName(list)
    const after = query.cursor === undefined ? undefined : cursors.open(name, query.cursor)
    const page = await lists.page(list, query.limit, after)
    return pageJson(c, page, next => cursors.seal(name, next), list.filters.own === undefined)
  })
}

/** All that decides which posts are in a list and where: its cursors are no good for another. */
const listName = ({ filters, order }: ListOf): string => `posts:${order}:${JSON.stringify(filters)}`

export function pageJson<Item>(
  c: HttpContext,
  { next, ...page }: Page<Item>,
  seal: (next: readonly string[]) => string,
  isPublic: boolean,
): Response {
  const body = JSON.stringify({ ...page, nextCursor: next === undefined ? null : seal(next) })
  return taggedJson(c, body, isPublic ? publicCacheControl : privateCacheControl)
}
