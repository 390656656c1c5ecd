export interface PageRequest {
  /** The id of the last item of the page before. */
  readonly before: string | undefined
  readonly limit: number
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined
}

/** Makes a page of `limit + 1` rows: the extra row only tells that there is another page. */
export function toPage<Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit)
  return { items: shown.map(toItem), next: rows.length > limit ? shown.at(-1)?.id : undefined }
}
