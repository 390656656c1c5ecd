/** What a page may weigh, in bytes: a page that is full ends early, and its cursor leads to the rest. */
export const maxPageBytes = 1_048_576

export interface FilledPage<Row> {
  /** Each item as JSON. */
  readonly items: readonly string[]
  /** The last item, where there is more after it. */
  readonly end: Row | undefined
}

/**
 * The first items of a page, at most `limit`, as many as fit; always one, so that a reader gets on. One row more than
 * `limit` says that there is a next page. A row does not fit either where the store has left its long texts out.
 */
export function fillPage<Row extends { readonly fits?: boolean }>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => object,
): FilledPage<Row> {
  const items: string[] = []
  let bytes = 0
  for (const row of rows.slice(0, limit)) {
    if (row.fits === false) break
    const item = JSON.stringify(toItem(row))
    bytes += Buffer.byteLength(item)
    if (bytes > maxPageBytes && items.length > 0) break
    items.push(item)
  }
  return { items, end: rows.length > items.length ? rows[items.length - 1] : undefined }
}

/** The page as it is sent, with what else it says. */
export const pageText = (
  items: readonly string[],
  rest: { readonly nextCursor: string | null; readonly [name: string]: unknown },
): string => `{"items":[${items.join()}],${JSON.stringify(rest).slice(1)}`
