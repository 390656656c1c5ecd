import type { Database } from '../../shared/postgres/database.ts'
import type { PagedRow } from './lists.ts'
import { buildSearch, type SearchRequest } from './search-statement.ts'

export type Search = (request: SearchRequest) => Promise<readonly PagedRow[]>

/** Best first. Not named: the plan depends on how common the words are. */
export const createSearch =
  (database: Database): Search =>
  async request => {
    if (request.words.length === 0) return []
    const { parameters, ...statement } = buildSearch(request)
    return database.query<PagedRow>(statement, parameters)
  }
