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
}

export function createLedger(): Ledger {
  const writes = new Map<WriteKind, Set<string>>(writeKinds.map(kind => [kind, new Set()]))
  const [versionReads, versionWrites]: [VersionRead[], VersionWrite[]] = [[], []]
  const acknowledged = (kind: WriteKind) => writes.get(kind) ?? new Set<string>()
  return {
    acknowledge: (kind, id) => void acknowledged(kind).add(id),
    acknowledged,
    count: () => writeKinds.reduce((sum, kind) => sum + acknowledged(kind).size, versionWrites.length),
    changed: write => void versionWrites.push(write),
    read: read => void versionReads.push(read),
    versionReads,
    versionWrites,
  }
}
