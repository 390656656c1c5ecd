import type { Queryable } from '../../../../functions/shared/postgres/database.ts'
import { findItems, type Item } from './queries.ts'

export interface ItemDependencies {
  readonly db: Queryable
}

/** Returns the newest items. */
export async function listItems({ db }: ItemDependencies): Promise<{ readonly items: readonly Item[] }> {
  return { items: await findItems(db) }
}
