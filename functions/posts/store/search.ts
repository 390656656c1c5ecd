import type { Database } from '../../shared/postgres/database.ts'
import type { PagedRow } from './lists.ts'
import { buildSearch, type SearchRequest, selectLikened } from './search-statement.ts'

export type Search = (request: SearchRequest) => Promise<readonly PagedRow[]>

/**
 * Best first; where nothing has all the words, what has words like them. That is a statement of its own: its plan
 * depends on how common the likened words are, which a plan sees only in a parameter. Not named, for the same reason.
 */
export function createSearch(database: Database): Search {
  const find = (request: SearchRequest, likened?: string) => {
    const { parameters, ...statement } = buildSearch(request, likened)
    return database.query<PagedRow>(statement, parameters)
  }

  return async request => {
    const { words, after } = request
    if (words.length === 0) return []
    if (after?.[0] !== 'similar') {
      const found = await find(request)
      if (found.length > 0 || after !== undefined) return found
    }
    const [row] = await database.query<{ likened: string | null }>(selectLikened, [words])
    return row?.likened ? find(request, row.likened) : []
  }
}
