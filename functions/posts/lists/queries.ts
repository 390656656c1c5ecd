import type { Database } from '../../shared/postgres/database.ts'
import type { ListedRow } from '../posts/post-rows.ts'
import type { ListRequest } from './list-request.ts'
import { buildList } from './list-statement.ts'

export interface PagedRow extends ListedRow {
  /** Its sort key. */
  readonly position: readonly string[]
  /** With `withTotal`, the same in every row. */
  readonly total?: number
}

export const createListStore = (database: Database) => ({
  page(request: ListRequest): Promise<readonly PagedRow[]> {
    const { parameters, ...statement } = buildList(request)
    return database.query<PagedRow>(statement, parameters)
  },
})

export type ListStore = ReturnType<typeof createListStore>
