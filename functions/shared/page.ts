/** Items of a page where no limit is sent. */
export const defaultLimit = 20

export interface CutPage<Row> {
  readonly shown: readonly Row[]
  /** The last row shown, after which the next page begins; undefined on the last page. */
  readonly last: Row | undefined
}

/** Cuts a page from `limit + 1` rows: the extra row only tells that another page follows. */
export function cutPage<Row>(rows: readonly Row[], limit: number): CutPage<Row> {
  const shown = rows.slice(0, limit)
  return { shown, last: rows.length > limit ? shown.at(-1) : undefined }
}
