import { cutPage } from '../shared/page.ts'

export interface PageRequest {
  /** The id of the last item of the page before. */
  readonly before: string | undefined
  readonly limit: number
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** The start of the next page; undefined on the last one. */
  readonly next: string | undefined
}

/** Makes a page of `limit + 1` rows. */
export function toPage<Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  const { shown, last } = cutPage(rows, limit)
  return { items: shown.map(toItem), next: last?.id }
}
