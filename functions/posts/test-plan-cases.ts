import type { Parameter, Statement } from '../shared/postgres/database.ts'
import type { ListFilters, ListRequest } from './lists/list-request.ts'
import { buildList } from './lists/list-statement.ts'
import { toSearchQuery } from './search/search-query.ts'
import { buildSearch } from './search/search-statement.ts'
import { parseSearch } from './search/words.ts'

export interface Case {
  readonly name: string
  readonly statement: () => { readonly statement: Statement; readonly parameters: readonly Parameter[] }
  /** The index that the rows are read from. */
  readonly index: string
  readonly maxPages: number
}

/** Items per page. */
export const page = 20
/** For each of the four tables of an item, three or four pages of an index and one of the table. */
const perItem = 20

export function list(
  name: string,
  index: string,
  filters: ListFilters,
  {
    order = 'newest',
    after,
    maxPages = perItem * page,
    withTotal = false,
  }: Partial<ListRequest> & { maxPages?: number } = {},
): Case {
  return {
    name,
    index,
    maxPages,
    statement: () => {
      const request = {
        filters,
        order,
        after,
        withTotal,
        fields: ['summary', 'excerpt'] as const,
        limit: page + 1,
      }
      const { parameters, ...statement } = buildList(request)
      return { statement, parameters }
    },
  }
}

export const fixed = (
  name: string,
  index: string,
  statement: Statement,
  parameters: () => readonly Parameter[],
  maxPages: number,
): Case => ({
  name,
  index,
  maxPages,
  statement: () => ({ statement, parameters: parameters() }),
})

/** A plan does not show the index of words, which a function reads, but its pages. */
export function search(
  name: string,
  words: () => readonly string[],
  maxPages: number,
  filters: ListFilters = {},
  similar?: () => string,
): Case {
  return {
    name,
    index: 'posts_pkey',
    maxPages,
    statement: () => {
      const typed = words().join(' ')
      const query = toSearchQuery(parseSearch(typed), typed)
      if (query === undefined) throw new Error('a search without words')
      const request = {
        query,
        filters,
        fields: ['excerpt'] as const,
        limit: page + 1,
        after: undefined,
        withTotal: false,
      }
      const { parameters, ...statement } = buildSearch(request, similar?.())
      return { statement, parameters }
    },
  }
}
