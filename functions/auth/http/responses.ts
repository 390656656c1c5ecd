import * as v from 'valibot'
import type { Actor } from '../../shared/access-token.ts'
import type { HttpContext } from '../../shared/http/context.ts'
import { type Cursors, pageParameters } from '../../shared/http/cursor.ts'
import type { Page, PageRequest } from '../page.ts'

/** For every response except the key set: it holds tokens, or the data of one person. */
export const noStore = { 'cache-control': 'no-store' }

export const noContent = (c: HttpContext): Response => c.body(null, 204, noStore)

export const PageQuery = v.strictObject(pageParameters)

export interface OwnList {
  readonly name: string
  readonly actor: Actor
  readonly query: v.InferOutput<typeof PageQuery>
  readonly load: (page: PageRequest) => Promise<Page<unknown>>
}

/** Responds with a page of one of the caller's own lists; its cursors are bound to the account. */
export async function respondPage(
  c: HttpContext,
  cursors: Cursors,
  { name, actor, query: { limit, cursor }, load }: OwnList,
): Promise<Response> {
  const listName = `${name}:${actor.accountId}`
  const before = cursor === undefined ? undefined : cursors.decodeCursor(listName, cursor)[0]
  const { items, next } = await load({ before, limit })
  const nextCursor = next === undefined ? null : cursors.encodeCursor(listName, [next])
  return c.json({ items, nextCursor }, 200, noStore)
}
