import type { Queryable } from '../../shared/postgres/database.ts'
import type { PagedRow } from '../lists/queries.ts'
import { buildSearch, type SearchRequest, selectSimilar } from './search-statement.ts'

/**
 * Best match first; where no post has all the words, those with similar words. That is a separate statement: its plan
 * depends on how common the similar words are, which a plan sees only in a parameter. Unnamed for the same reason.
 */
export async function searchPosts(db: Queryable, request: SearchRequest): Promise<readonly PagedRow[]> {
  const { query, after } = request
  if (query === null) return []
  const find = (similar?: string) => {
    const { parameters, ...statement } = buildSearch({ ...request, query }, similar)
    return db.query<PagedRow>(statement, parameters)
  }
  if (after?.[0] !== 'similar') {
    const found = await find()
    if (found.length > 0 || after !== undefined) return found
  }
  if (query.words.length === 0) return []
  const [row] = await db.query<{ similar: string | null }>(selectSimilar, [query.words])
  return row?.similar ? find(row.similar) : []
}
