import { summarize } from '../samples.ts'
import { drawCurve } from './curve.ts'
import { drawDistribution } from './distribution.ts'
import {
  type Figure,
  formatNumber,
  type Goal,
  isReached,
  type Report,
  type Section,
  summaryCells,
  summaryColumns,
  type Table,
} from './model.ts'
import { escapeText } from './svg.ts'
import { drawTimeline } from './timeline.ts'

const style = `
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6875; --grid: #dfe4ea; --back: #fff; --panel: #f5f7f9;
  --good: #1a7f4b; --bad: #b3261e; --series-0: #2f6fb2; --series-1: #c9722b; --series-2: #2d8a68; --series-3: #8a58b0;
  --series-4: #b94a62; --series-5: #6b7a1f; --series-6: #2a8c9e; --series-7: #7d6a55;
  --series-8: #4a4fa8; --series-9: #a3871f; --series-10: #1f7a7a; --series-11: #c25aa0; --series-12: #5f8f3a; --series-13: #8c8f96 }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ee; --soft: #9aa7b4; --grid: #35404b; --back: #161b21;
  --panel: #1e252d; --good: #58c48b; --bad: #ff8a80; --series-0: #6ba6e3; --series-1: #e59a5a; --series-2: #5fc39c;
  --series-3: #b98bdd; --series-4: #e87f95; --series-5: #adbd5a; --series-6: #63c3d4; --series-7: #b8a48c;
  --series-8: #9a9ef0; --series-9: #dbc05a; --series-10: #5cc0c0; --series-11: #e998cc; --series-12: #a2cf7c; --series-13: #b9bcc4 } }
body { margin: 0 auto; max-width: 960px; padding: 32px 20px 80px; background: var(--back); color: var(--ink);
  font: 15px/1.55 system-ui, sans-serif }
h1 { font-size: 26px; margin: 0 } h2 { margin: 48px 0 4px; font-size: 20px } h3 { margin: 28px 0 8px; font-size: 15px }
p { margin: 4px 0 12px; color: var(--soft) }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums }
th, td { padding: 4px 8px; text-align: right; border-bottom: 1px solid var(--grid) } th { color: var(--soft); font-weight: 500 }
th:first-child, td:first-child { text-align: left } .scroll { overflow-x: auto }
.reached { color: var(--good) } .missed { color: var(--bad); font-weight: 600 }
svg { width: 100%; height: auto; background: var(--panel); border-radius: 6px; font: 12px system-ui, sans-serif }
svg text { fill: var(--ink); stroke: none } svg .tick { fill: var(--soft); font-size: 11px } svg .grid { stroke: var(--grid) }
svg .value { font-weight: 600 } svg .inside { fill: #fff; text-anchor: middle; font-size: 11px }
svg .median { stroke: var(--ink); stroke-width: 2.5 } svg .p95 { stroke: var(--ink); stroke-width: 1.2 }
`

/** One page that needs nothing else: no script, no font, no request. */
export function renderPage(report: Report): string {
  const machine = Object.entries(report.machine).map(([name, value]) => `${name}: ${value}`)
  const facts = [`commit ${report.commit}`, report.takenAt, ...machine].map(escapeText).join(' · ')
  const missing = report.missing.map(({ part, why }) => `<p>${part}: not measured, ${escapeText(why)}</p>`)
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>IOD Functions: performance</title><style>${style}</style>
<h1>IOD Functions: performance</h1>
<p>${facts}</p>
${renderGoals(report.sections)}
${missing.join('')}
${report.sections.map(renderSection).join('\n')}
<p>In the plots a dot is a sample, the tall mark the median, the short one p95. Every sample is in report.json.</p>
</html>
`
}

function renderGoals(sections: readonly Section[]): string {
  const row = ({ what, bound, limit, measured, unit, ...goal }: Goal) => {
    const reached = isReached({ what, bound, limit, measured, unit, ...goal })
    const verdict = `<span class="${reached ? 'reached' : 'missed'}">${reached ? 'reached' : 'missed'}</span>`
    return `<tr><td>${escapeText(what)}</td><td>${bound} ${formatNumber(limit)} ${unit}</td><td>${formatNumber(measured)} ${unit}</td><td>${verdict}</td></tr>`
  }
  const rows = sections.flatMap(section => section.goals).map(row)
  return `<h2>Goals</h2><div class="scroll"><table><tr><th></th><th>to reach</th><th>measured</th><th></th></tr>${rows.join('')}</table></div>`
}

const renderSection = ({ title, how, figures }: Section) =>
  `<h2>${escapeText(title)}</h2><p>${escapeText(how)}</p>${figures.map(renderFigure).join('\n')}`

function renderFigure(figure: Figure): string {
  return `<h3>${escapeText(figure.title)}</h3>${renderContent(figure)}`
}

function renderContent(figure: Figure): string {
  switch (figure.kind) {
    case 'distribution':
      return drawDistribution(figure) + renderTable(summaryTable(figure))
    case 'timeline':
      return drawTimeline(figure)
    case 'curve':
      return drawCurve(figure)
    case 'table':
      return renderTable(figure)
  }
}

const summaryTable = ({ unit, series }: Extract<Figure, { kind: 'distribution' }>) => ({
  columns: ['', ...summaryColumns.map(name => (name === 'n' ? name : `${name}, ${unit}`))],
  rows: series.map(({ name, samples }) => [name, ...summaryCells(summarize(samples))]),
})

function renderTable({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string {
  const cells = (row: readonly (string | number)[], tag: string) =>
    row.map(cell => `<${tag}>${escapeText(String(cell))}</${tag}>`).join('')
  const body = rows.map(row => `<tr>${cells(row, 'td')}</tr>`).join('')
  return `<div class="scroll"><table><tr>${cells(columns, 'th')}</tr>${body}</table></div>`
}
