import type { Queryable } from '../../../../functions/shared/postgres/database.ts'

export interface Item {
  readonly id: string
  readonly name: string
}

const selectItems = {
  name: 'select_items',
  text: 'select id, name from sample.items order by id desc limit 100',
}

export const findItems = (db: Queryable): Promise<readonly Item[]> => db.query<Item>(selectItems)
