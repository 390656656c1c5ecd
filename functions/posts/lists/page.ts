/** The bytes of one page: a page that is full ends early, and its cursor leads to the rest. */
export const maxPageBytes = 1_048_576

export interface FilledPage<Row> {
  /** Each item as JSON. */
  readonly items: readonly string[]
  /** The last item; undefined on the last page. */
  readonly end: Row | undefined
}

/**
 * The first items of a page: at most `limit`, as many as fit, and at least one, so that the list continues. One row more
 * than `limit` says that there is a next page. A row whose long texts the query left out does not fit either.
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

/** The page as JSON, with its other members. */
export const pageJson = (
  items: readonly string[],
  rest: { readonly nextCursor: string | null; readonly [name: string]: unknown },
): string => `{"items":[${items.join()}],${JSON.stringify(rest).slice(1)}`
