/** Pads the cells of each column to one width; those of the columns that `isRight` chooses end at the right. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  isRight: (column: number) => boolean = () => false,
): readonly (readonly string[])[] {
  const width = (column: number) => Math.max(...rows.map(row => row[column]?.length ?? 0))
  return rows.map(row =>
    row.map((cell, column) => (isRight(column) ? cell.padStart(width(column)) : cell.padEnd(width(column)))),
  )
}
