import type { Queryable } from '../../shared/postgres/database.ts'
import type { PageDocument } from '../posts/documents.ts'
import type { ListFilters } from './list-request.ts'
import { findUsernameMoves } from './username-move-queries.ts'

/**
 * Replaces an empty list by a former username: the query parameters with the present one. Looked up only for an empty
 * list, since a list with posts is by a present username.
 */
export async function movedPage(
  db: Queryable,
  { author, favoritedBy, own }: ListFilters,
): Promise<PageDocument | undefined> {
  const asked = Object.entries({ author, favoritedBy: favoritedBy?.usernameKey }).filter(
    ([, key]) => key !== undefined,
  )
  if (asked.length === 0 || own !== undefined) return undefined
  const moves = await findUsernameMoves(db, { usernameKeys: asked.map(([, key]) => key ?? '') })
  const moved = asked.flatMap(([name, key]) =>
    moves.filter(({ usernameKey }) => usernameKey === key).map(({ username }) => [name, username] as const),
  )
  return moved.length === 0 ? undefined : { text: '', tag: '', moved: Object.fromEntries(moved) }
}
