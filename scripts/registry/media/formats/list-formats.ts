import type { Queryable } from '../../../../functions/shared/postgres/database.ts'
import { findFormats } from './queries.ts'

export interface FormatDependencies {
  readonly db: Queryable
}

export const listFormats = async ({ db }: FormatDependencies) => ({ items: await findFormats(db) })
