import type { Actor } from '../../shared/access-token.ts'
import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpContext } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { readParameters } from '../../shared/http/input.ts'
import type { Page, PageRequest } from '../domain/page.ts'
import { PageQuery } from '../schemas.ts'

/** Of all answers but the key set: they hold tokens, or are one person's. */
export const noStore = { 'cache-control': 'no-store' }

/** One page of a list of the caller's own; the cursor is good for no other account. */
export async function answerPage(
  c: HttpContext,
  cursors: Cursors,
  name: string,
  list: (actor: Actor, request: PageRequest) => Promise<Page<unknown>>,
): Promise<Response> {
  const actor = actorOf(c)
  const { limit, cursor } = readParameters(PageQuery, c.req.query())
  const listName = `${name}:${actor.accountId}`
  const before = cursor === undefined ? undefined : cursors.open(listName, cursor)[0]
  const { items, next } = await list(actor, { before, limit })
  const nextCursor = next === undefined ? null : cursors.seal(listName, [next])
  return c.json({ items, nextCursor }, 200, noStore)
}
