import type { Database } from '../../shared/postgres/database.ts'
import type { PagedRow } from '../lists/queries.ts'
import { buildSearch, type SearchRequest, selectLikened } from './search-statement.ts'

export type Search = (request: SearchRequest) => Promise<readonly PagedRow[]>

/**
 * Best first; where nothing has all the words, what has words like them. That is a statement of its own: its plan
 * depends on how common the likened words are, which a plan sees only in a parameter. Not named, for the same reason.
 */
export function createSearch(database: Database): Search {
  return async request => {
    const { query, after } = request
    if (query === null) return []
    const find = (likened?: string) => {
      const { parameters, ...statement } = buildSearch({ ...request, query }, likened)
      return database.query<PagedRow>(statement, parameters)
    }
    if (after?.[0] !== 'similar') {
      const found = await find()
      if (found.length > 0 || after !== undefined) return found
    }
    if (query.words.length === 0) return []
    const [row] = await database.query<{ likened: string | null }>(selectLikened, [query.words])
    return row?.likened ? find(row.likened) : []
  }
}
