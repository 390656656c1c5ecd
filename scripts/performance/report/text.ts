import { formatNumber, isReached, type Report, type Table } from './model.ts'

/** The report as it is printed: the goals, the tables, and what is missing. */
export function renderText(report: Report): string {
  const lines: string[] = []
  for (const section of report.sections) {
    lines.push('', section.title)
    for (const goal of section.goals) {
      const verdict = isReached(goal) ? 'reached' : 'MISSED '
      const limit = `${goal.bound} ${formatNumber(goal.limit)} ${goal.unit}`
      lines.push(`  ${verdict}  ${goal.what}: ${formatNumber(goal.measured)} ${goal.unit} (${limit})`)
    }
    for (const figure of section.figures) if (figure.kind === 'table') lines.push(...tableLines(figure))
  }
  for (const { part, why } of report.missing) lines.push('', `${part}: not measured, ${why}`)
  return lines.join('\n')
}

function tableLines({ title, columns, rows }: Table): readonly string[] {
  const all = [columns, ...rows.map(row => row.map(String))]
  const widths = columns.map((_, column) => Math.max(...all.map(row => row[column]?.length ?? 0)))
  const format = (row: readonly string[]) =>
    `    ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`
  return ['', `  ${title}`, ...all.map(format)]
}
