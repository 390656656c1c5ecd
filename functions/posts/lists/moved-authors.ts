import type { PageDocument } from '../posts/documents.ts'
import type { ListFilters } from './list-request.ts'
import type { UsernameMoves } from './username-move-queries.ts'

/**
 * What stands in place of an empty list by a former username: the parameters with the present one. Asked only of empty
 * lists, since the author of any post in one is there under that name.
 */
export async function movedPage(
  moves: UsernameMoves,
  { author, favoritedBy, own }: ListFilters,
): Promise<PageDocument | undefined> {
  const asked = Object.entries({ author, favoritedBy }).filter(([, key]) => key !== undefined)
  if (asked.length === 0 || own !== undefined) return undefined
  const found = await moves(asked.map(([, key]) => key ?? ''))
  const moved = asked.flatMap(([name, key]) =>
    found.filter(({ usernameKey }) => usernameKey === key).map(({ username }) => [name, username] as const),
  )
  return moved.length === 0 ? undefined : { text: '', tag: '', moved: Object.fromEntries(moved) }
}
