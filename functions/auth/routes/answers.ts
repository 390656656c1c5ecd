import * as v from 'valibot'
import type { Actor } from '../../shared/access-token.ts'
import { actorOf } from '../../shared/http/authenticate.ts'
import { type Cursors, pageParameters } from '../../shared/http/cursor.ts'
import { withQuery } from '../../shared/http/query.ts'
import type { Page, PageRequest } from '../page.ts'

export const PageQuery = v.strictObject(pageParameters)

/** For every response except the key set: it holds tokens, or one person's data. */
export const noStore = { 'cache-control': 'no-store' }

/** One page of a list of the caller's own; a cursor is bound to the account. */
export const pageOf = (
  cursors: Cursors,
  name: string,
  list: (request: { readonly actor: Actor; readonly page: PageRequest }) => Promise<Page<unknown>>,
) =>
  withQuery(PageQuery, async (c, { limit, cursor }) => {
    const actor = actorOf(c)
    const listName = `${name}:${actor.accountId}`
    const before = cursor === undefined ? undefined : cursors.decodeCursor(listName, cursor)[0]
    const { items, next } = await list({ actor, page: { before, limit } })
    const nextCursor = next === undefined ? null : cursors.encodeCursor(listName, [next])
    return c.json({ items, nextCursor }, 200, noStore)
  })
