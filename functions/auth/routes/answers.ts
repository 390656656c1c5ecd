import type { Actor } from '../../shared/access-token.ts'
import { actorOf } from '../../shared/http/authenticate.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { withQuery } from '../../shared/http/query.ts'
import type { Page, PageRequest } from '../page.ts'
import { PageQuery } from '../schemas.ts'

/** Of all answers but the key set: they hold tokens, or are one person's. */
export const noStore = { 'cache-control': 'no-store' }

/** One page of a list of the caller's own; the cursor is good for no other account. */
export const pageOf = (
  cursors: Cursors,
  name: string,
  list: (actor: Actor, request: PageRequest) => Promise<Page<unknown>>,
) =>
  withQuery(PageQuery, async (c, { limit, cursor }) => {
    const actor = actorOf(c)
    const listName = `${name}:${actor.accountId}`
    const before = cursor === undefined ? undefined : cursors.open(listName, cursor)[0]
    const { items, next } = await list(actor, { before, limit })
    const nextCursor = next === undefined ? null : cursors.seal(listName, [next])
    return c.json({ items, nextCursor }, 200, noStore)
  })
