import { styleText } from 'node:util'
import type {
  Age,
  PostgresState,
  RedisState,
  RevisionState,
  Snapshot,
  Unknown,
  Usage,
  Wakes,
} from './snapshot.ts'

type Cell = readonly [text: string, style?: 'red' | 'yellow' | 'green' | 'dim' | 'bold' | undefined]

const number = (value: number | undefined, digits = 0) => (value === undefined ? '–' : value.toFixed(digits))

function usage({ used, requested, limit }: Usage, warnAt: number | undefined): Cell {
  const text = `${number(used)}/${number(requested)}/${limit === undefined ? '∞' : number(limit)}`
  return warnAt !== undefined && used > warnAt ? [text, 'yellow'] : [text]
}

function wakes({ count, medianSeconds, maxSeconds }: Wakes): string {
  if (count === 0) return '0'
  return medianSeconds === undefined ? String(count) : `${count} (${medianSeconds} s, max ${maxSeconds} s)`
}

const stateStyle = { zero: 'dim', waking: 'yellow', ready: 'green', stopping: 'dim' } as const

function row(one: RevisionState): readonly Cell[] {
  const { durationMs } = one
  const { limit } = one.memory
  return [
    [one.revision],
    [`${one.trafficPercent} %`],
    [one.state, stateStyle[one.state]],
    [`${one.readyPods}/${one.pods}`],
    [number(one.requestsPerSecond, 1)],
    [`${(one.errorShare * 100).toFixed(1)} %`, one.errorShare > 0.001 ? 'red' : 'dim'],
    [number(durationMs.p50, 1)],
    [number(durationMs.p95, 1)],
    [number(durationMs.p99, 1), (durationMs.p99 ?? 0) > 30 ? 'yellow' : undefined],
    [wakes(one.wakes)],
    usage(one.cpu, undefined),
    usage(one.memory, limit === undefined ? undefined : limit * 0.8),
  ]
}

const headings = [
  ...['REVISION', 'TRAFFIC', 'STATE', 'PODS', 'REQ/S', 'ERRORS', 'P50 ms', 'P95', 'P99', 'WAKES, 1 h'],
  ...['CPU m used/req/limit', 'MEMORY MiB'],
]

function table(rows: readonly (readonly Cell[])[]): readonly string[] {
  const all: readonly (readonly Cell[])[] = [headings.map((heading): Cell => [heading, 'bold']), ...rows]
  const widths = headings.map((_, column) => Math.max(...all.map(cells => cells[column]?.[0].length ?? 0)))
  return all.map(cells =>
    cells
      .map(([text, style], column) => {
        const padded = text.padEnd(widths[column] ?? 0)
        return style === undefined ? padded : styleText(style, padded)
      })
      .join('  '),
  )
}

const isUnknown = (part: object): part is Unknown => 'unknown' in part

function postgresLines(part: PostgresState | Unknown): readonly string[] {
  if (isUnknown(part)) return [`Postgres  unknown: ${part.unknown}`]
  const roles = Object.entries(part.byRole).map(([role, count]) => `${role} ${count}`)
  return [
    `Postgres  ${part.connections} of ${part.maxConnections} connections (${roles.join(', ')})`,
    ...part.slowStatements.map(one => `          ${one.meanMs} ms × ${one.calls}  ${one.text.slice(0, 90)}`),
    ...(part.slowStatements.length === 0 ? [`          no slow statement (${part.slowSource})`] : []),
  ]
}

function redisLine(part: RedisState | Unknown): string {
  if (isUnknown(part)) return `Redis     unknown: ${part.unknown}`
  const hits = part.hitShare === undefined ? 'nothing read yet' : `${(part.hitShare * 100).toFixed(1)} % hits`
  return `Redis     ${number(part.usedMiB, 1)} of ${number(part.maxMiB)} MiB, ${hits}, ${part.evictedKeys} evicted`
}

function ageLine({ what, ageDays, endsInDays }: Age): string {
  const age = `${number(ageDays, 1)} days old`
  const line = `${what}: ${age}${endsInDays === undefined ? '' : `, ends in ${number(endsInDays)} days`}`
  return endsInDays !== undefined && endsInDays < 14 ? styleText('red', line) : line
}

/** The whole screen as lines. */
export function view(snapshot: Snapshot): string {
  return [
    `${styleText('bold', 'IOD Functions')}  namespace ${snapshot.namespace}  ${snapshot.at}`,
    '',
    ...table(snapshot.revisions.map(row)),
    '',
    ...postgresLines(snapshot.postgres),
    redisLine(snapshot.redis),
    ...snapshot.ages.map(ageLine),
  ].join('\n')
}
