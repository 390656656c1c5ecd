import type { Queryable } from '../../shared/postgres/database.ts'
import type { ListedRow } from '../posts/post-columns.ts'
import type { ListRequest } from './list-request.ts'
import { buildList } from './list-statement.ts'

export interface PagedRow extends ListedRow {
  /** Its sort key. */
  readonly position: readonly string[]
  /** With `withTotal`; the same in every row. */
  readonly total?: number
}

export function findPage(db: Queryable, request: ListRequest): Promise<readonly PagedRow[]> {
  const { parameters, ...statement } = buildList(request)
  return db.query<PagedRow>(statement, parameters)
}
