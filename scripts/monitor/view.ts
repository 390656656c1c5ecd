import { styleText } from 'node:util'
import { alignColumns } from '../cli/columns.ts'
import type { Age } from './ages.ts'
import type { readPostgres } from './postgres.ts'
import type { parseInfo } from './redis.ts'
import type { readRevisions } from './revisions.ts'
import type { Usage } from './usage.ts'

/** Why a part could not be read. */
export interface Unknown {
  readonly unknown: string
}

type Revision = Awaited<ReturnType<typeof readRevisions>>[number]
type Postgres = Awaited<ReturnType<typeof readPostgres>>
type Redis = ReturnType<typeof parseInfo>

/** Everything that the monitor shows: as a screen for a person, or as JSON for a program. */
export interface Snapshot {
  readonly at: string
  readonly namespace: string
  readonly revisions: readonly Revision[]
  readonly postgres: Postgres | Unknown
  readonly redis: Redis | Unknown
  readonly ages: readonly Age[] | Unknown
}

type Style = 'red' | 'yellow' | 'green' | 'dim' | 'bold'
type Cell = readonly [text: string, style?: Style | undefined]

const number = (value: number | undefined, digits = 0) => value?.toFixed(digits) ?? '–'
const percent = (share: number) => `${(share * 100).toFixed(1)} %`

/** Yellow above a share of the limit. */
function usageCell({ used, requested, limit }: Usage, warnShare: number): Cell {
  const isHigh = limit !== undefined && used > limit * warnShare
  const text = [number(used), number(requested), limit === undefined ? '∞' : number(limit)].join('/')
  return [text, isHigh ? 'yellow' : undefined]
}

function wakesCell({ count, medianSeconds, maxSeconds }: Revision['wakes']): Cell {
  return [medianSeconds === undefined ? String(count) : `${count} (${medianSeconds} s, max ${maxSeconds} s)`]
}

const stateStyle = { zero: 'dim', waking: 'yellow', ready: 'green', stopping: 'dim' } as const

/** Red above the error objective of 0.1 %, yellow above the p99 objective of 30 ms. */
const columns: Readonly<Record<string, (revision: Revision) => Cell>> = {
  REVISION: one => [one.revision],
  TRAFFIC: one => [`${one.trafficPercent} %`],
  STATE: one => [one.state, stateStyle[one.state]],
  PODS: one => [`${one.readyPods}/${one.pods}`],
  'REQ/S': one => [number(one.requestsPerSecond, 1)],
  ERRORS: one => [percent(one.errorShare), one.errorShare > 0.001 ? 'red' : 'dim'],
  'P50 ms': one => [number(one.durationMs.p50, 1)],
  P95: one => [number(one.durationMs.p95, 1)],
  P99: one => [number(one.durationMs.p99, 1), (one.durationMs.p99 ?? 0) > 30 ? 'yellow' : undefined],
  'WAKES, 1 h': one => wakesCell(one.wakes),
  'CPU m used/req/limit': one => usageCell(one.cpu, Number.POSITIVE_INFINITY),
  'MEMORY MiB': one => usageCell(one.memory, 0.8),
}

function table(revisions: readonly Revision[]): readonly string[] {
  const headings = Object.keys(columns).map((heading): Cell => [heading, 'bold'])
  const rows = [headings, ...revisions.map(one => Object.values(columns).map(cell => cell(one)))]
  const texts = alignColumns(rows.map(row => row.map(([text]) => text)))
  const format = (text: string, style: Style | undefined) =>
    style === undefined ? text : styleText(style, text)
  return texts.map((row, n) => row.map((text, column) => format(text, rows[n]?.[column]?.[1])).join('  '))
}

function postgresLines(part: Postgres | Unknown): readonly string[] {
  if ('unknown' in part) return [`Postgres  unknown: ${part.unknown}`]
  const { connections, maxConnections, byRole, slowStatements, slowSource } = part
  const roles = Object.entries(byRole).map(([role, count]) => `${role} ${count}`)
  return [
    `Postgres  ${connections} of ${maxConnections} connections (${roles.join(', ')})`,
    ...slowStatements.map(one => `          ${one.meanMs} ms × ${one.calls}  ${one.text.slice(0, 90)}`),
    ...(slowStatements.length === 0 ? [`          no slow statement (${slowSource})`] : []),
  ]
}

function redisLine(part: Redis | Unknown): string {
  if ('unknown' in part) return `Redis     unknown: ${part.unknown}`
  const hits = part.hitShare === undefined ? 'no reads yet' : `${percent(part.hitShare)} hits`
  return `Redis     ${number(part.usedMiB, 1)} of ${number(part.maxMiB)} MiB, ${hits}, ${part.evictedKeys} evicted`
}

function ageLine({ what, ageDays, endsInDays }: Age): string {
  const end = endsInDays === undefined ? '' : `, ends in ${number(endsInDays)} days`
  const line = `${what}: ${number(ageDays, 1)} days old${end}`
  return endsInDays !== undefined && endsInDays < 14 ? styleText('red', line) : line
}

const ageLines = (part: readonly Age[] | Unknown): readonly string[] =>
  'unknown' in part ? [`Ages      unknown: ${part.unknown}`] : part.map(ageLine)

/** Returns the whole screen. */
export function view(snapshot: Snapshot | Unknown): string {
  if ('unknown' in snapshot) return `unknown: ${snapshot.unknown}`
  return [
    `${styleText('bold', 'IOD Functions')}  namespace ${snapshot.namespace}  ${snapshot.at}`,
    '',
    ...table(snapshot.revisions),
    '',
    ...postgresLines(snapshot.postgres),
    redisLine(snapshot.redis),
    ...ageLines(snapshot.ages),
  ].join('\n')
}
