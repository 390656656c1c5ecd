export interface PageRequest {
  /** The id that the page before ended with. */
  readonly before: string | undefined
  readonly limit: number
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Where the next page starts; undefined at the end. */
  readonly next: string | undefined
}

/** Every UUIDv7 is smaller. */
export const newest = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** A page from `limit + 1` rows: the one too many says that there is more. */
export function pageOf<Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit)
  return { items: shown.map(toItem), next: rows.length > limit ? shown.at(-1)?.id : undefined }
}
