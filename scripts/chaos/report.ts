import type { Findings } from './checker.ts'
import type { Summary } from './exchanges.ts'

export interface Row {
  readonly name: string
  readonly what: string
  readonly seconds: number
  readonly summary: Summary
  readonly findings: Findings
  readonly broken: readonly string[]
}

const columns =
  'fault|what was done|s|requests|answers|longest gap|longest wait|acknowledged|found|duplicates|'

/** One line of a Markdown table. */
const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`

export const tableHead = () => {
  const cells = columns.split('|')
  return [line(cells), line(cells.map(() => '---'))].join('\n')
}

export function tableRow({ name, what, seconds, summary, findings, broken }: Row): string {
  const answers = [...summary.outcomes].map(([outcome, count]) => `${count} × ${outcome}`).join(', ')
  const times = [`${summary.longestGapMs} ms`, `${summary.longestWaitMs} ms`]
  const writes = [findings.acknowledged, findings.found, findings.duplicates.length]
  const verdict = broken.length === 0 ? 'holds' : 'BROKEN'
  return line([name, what, seconds, summary.requests, answers, ...times, ...writes, verdict])
}
