import { format } from 'echarts'
import { alignColumns } from '../../cli/columns.ts'

export type Cell = string | number

/** A part of the report, as HTML for the page and as text for the terminal. */
export interface Figure {
  readonly title: string
  readonly html: string
  readonly text: string
}

export const escapeHtml = format.encodeHTML

export function formatCell(cell: Cell): string {
  if (typeof cell === 'string') return cell
  if (!Number.isFinite(cell)) return '–'
  if (Number.isInteger(cell) || Math.abs(cell) >= 1_000) return Math.round(cell).toLocaleString('en')
  return cell.toFixed(Math.abs(cell) >= 100 ? 0 : Math.abs(cell) >= 10 ? 1 : 2)
}

export function table(title: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): Figure {
  const cells = [columns, ...rows.map(row => row.map(formatCell))]
  const lines = alignColumns(cells, column => column > 0).map(row => row.join('  '))
  const htmlRows = cells.map(row => row.map(cell => `<td>${escapeHtml(cell)}</td>`).join(''))
  const html = `<div class="scroll"><table><tr>${htmlRows.join('</tr><tr>')}</tr></table></div>`
  return { title, html, text: ['', `  ${title}`, ...lines.map(line => `    ${line}`)].join('\n') }
}
