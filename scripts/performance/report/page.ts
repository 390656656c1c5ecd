import { type Goal, isReached, type Report, type Section } from './model.ts'
import { escapeHtml, formatCell, table } from './table.ts'

const style = `
:root { color-scheme: light dark; --ink: light-dark(#1d2733, #e4e9ee); --soft: light-dark(#5b6875, #9aa7b4);
  --grid: light-dark(#dfe4ea, #35404b); --back: light-dark(#fff, #161b21); --panel: light-dark(#f5f7f9, #1e252d);
  --good: light-dark(#1a7f4b, #58c48b); --bad: light-dark(#b3261e, #ff8a80) }
body { margin: 0 auto; max-width: 960px; padding: 32px 20px 80px; background: var(--back); color: var(--ink);
  font: 15px/1.55 system-ui, sans-serif }
h1 { font-size: 26px; margin: 0 } h2 { margin: 48px 0 4px; font-size: 20px } h3 { margin: 28px 0 8px; font-size: 15px }
p { margin: 4px 0 12px; color: var(--soft) } .scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums }
td { padding: 4px 8px; text-align: right; border-bottom: 1px solid var(--grid) } tr:first-child { color: var(--soft) }
td:first-child { text-align: left } .reached { color: var(--good) } .missed { color: var(--bad); font-weight: 600 }
svg { width: 100%; height: auto; background: var(--panel); border-radius: 6px }
`

/** Returns one page that needs nothing else: no script, no font, no request. */
export function renderPage({ commit, takenAt, machine, sections, missing }: Report): string {
  const machineFacts = Object.entries(machine).map(([name, value]) => `${name}: ${value}`)
  const facts = [`commit ${commit}`, takenAt, ...machineFacts].map(escapeHtml).join(' · ')
  const goals = table(
    'Goals',
    ['', 'goal', 'measured', ''],
    sections.flatMap(section => section.goals).map(goalRow),
  )
  const notMeasured = missing.map(({ part, why }) => `<p>${part}: not measured, ${escapeHtml(why)}</p>`)
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>IOD Functions: performance</title><style>${style}</style>
<h1>IOD Functions: performance</h1>
<p>${facts}</p>
<h2>${goals.title}</h2>${goals.html.replaceAll(/<td>(reached|missed)</gi, (_, verdict) => `<td class="${verdict.toLowerCase()}">${verdict}<`)}
${notMeasured.join('')}
${sections.map(renderSection).join('\n')}
<p>In the plots a dot is a sample, the tall mark is the median and the short one the p95. report.json has every sample.</p>
</html>
`
}

function goalRow(goal: Goal): readonly string[] {
  const { what, bound, limit, unit, measured } = goal
  const verdict = isReached(goal) ? 'reached' : 'MISSED'
  return [what, `${bound} ${formatCell(limit)} ${unit}`, `${formatCell(measured)} ${unit}`, verdict]
}

function renderSection({ title, how, figures }: Section): string {
  const parts = figures.map(figure => `<h3>${escapeHtml(figure.title)}</h3>${figure.html}`)
  return `<h2>${escapeHtml(title)}</h2><p>${escapeHtml(how)}</p>${parts.join('\n')}`
}

/** Returns the goals, the tables, and the parts that were not measured. */
export function renderText({ sections, missing }: Report): string {
  const texts = sections.flatMap(({ title, goals, figures }) => [
    ...['', title],
    ...(goals.length === 0 ? [] : [table('Goals', ['', 'goal', 'measured', ''], goals.map(goalRow)).text]),
    ...figures.map(({ text }) => text).filter(Boolean),
  ])
  return [...texts, ...missing.flatMap(({ part, why }) => ['', `${part}: not measured, ${why}`])].join('\n')
}
