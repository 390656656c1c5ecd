// What the load has written, by what the API acknowledged.

export const writeKinds = ['post', 'comment', 'favorite', 'follow', 'account', 'session'] as const
export type WriteKind = (typeof writeKinds)[number]

/** One version of a post, as one reader received it. Times are of one clock, in milliseconds. */
export interface VersionRead {
  readonly reader: string
  readonly subject: string
  readonly version: number
  readonly sentMs: number
  readonly receivedMs: number
}

export interface VersionWrite {
  readonly subject: string
  readonly version: number
  readonly acknowledgedMs: number
}

export interface Ledger {
  /** A success was received: the write may never be lost. Writes without a response may exist or not. */
  acknowledge(kind: WriteKind, id: string): void
  acknowledged(kind: WriteKind): ReadonlySet<string>
  count(): number
  changed(write: VersionWrite): void
  read(read: VersionRead): void
  readonly versionReads: readonly VersionRead[]
  readonly versionWrites: readonly VersionWrite[]
  /** What was acknowledged by now: writes go on while the database is read. */
  snapshot(): Ledger
}

export function createLedger(earlier?: Ledger): Ledger {
  const writes = new Map(writeKinds.map(kind => [kind, new Set(earlier?.acknowledged(kind))]))
  const versionReads = [...(earlier?.versionReads ?? [])]
  const versionWrites = [...(earlier?.versionWrites ?? [])]
  const acknowledged = (kind: WriteKind) => writes.get(kind) ?? new Set<string>()
  const ledger: Ledger = {
    acknowledge: (kind, id) => void acknowledged(kind).add(id),
    acknowledged,
    count: () => writeKinds.reduce((sum, kind) => sum + acknowledged(kind).size, versionWrites.length),
    changed: write => void versionWrites.push(write),
    read: read => void versionReads.push(read),
    versionReads,
    versionWrites,
    snapshot: () => createLedger(ledger),
  }
  return ledger
}
