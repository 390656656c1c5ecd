import { type Ledger, type VersionRead, type VersionWrite, type WriteKind, writeKinds } from './ledger.ts'

/** What is in the database: how many rows there are for each write, and each post's version. */
export interface Stored {
  readonly rows: ReadonlyMap<WriteKind, ReadonlyMap<string, number>>
  readonly versions: ReadonlyMap<string, number>
}

export interface Findings {
  readonly acknowledged: number
  readonly found: number
  /** Acknowledged, and not in the database. */
  readonly lost: readonly string[]
  /** More than one row for one request, however often it was sent with its Idempotency-Key. */
  readonly duplicates: readonly string[]
  readonly backward: readonly string[]
  readonly stale: readonly string[]
}

/** docs/recovery.md promises that nobody reads an older version a second after a newer one was written. */
const visibleAfterMs = 1_000

export function check(ledger: Ledger, { rows, versions }: Stored): Findings {
  const [lost, duplicates]: [string[], string[]] = [[], []]
  for (const kind of writeKinds) {
    const stored = rows.get(kind) ?? new Map<string, number>()
    for (const id of ledger.acknowledged(kind)) if (!stored.has(id)) lost.push(`${kind} ${id}`)
    for (const [id, count] of stored) if (count > 1) duplicates.push(`${kind} ${id}: ${count} rows`)
  }
  for (const { subject, version } of ledger.versionWrites)
    if ((versions.get(subject) ?? 0) < version) lost.push(`version ${version} of ${subject}`)
  const acknowledged = ledger.count()
  return {
    acknowledged,
    found: acknowledged - lost.length,
    lost,
    duplicates,
    backward: findBackwardReads(ledger.versionReads, ledger.versionWrites),
    stale: findStaleReads(ledger.versionReads, ledger.versionWrites),
  }
}

/**
 * Reads that show one reader an older version than an earlier read did. Two instances may differ for as long as a change
 * may take to be visible; after that no reader goes back.
 */
export function findBackwardReads(
  reads: readonly VersionRead[],
  writes: readonly VersionWrite[],
  visibleMs = visibleAfterMs,
): readonly string[] {
  const seen = new Map<string, VersionRead>()
  const found: string[] = []
  for (const read of reads.toSorted((a, b) => a.sentMs - b.sentMs)) {
    const key = `${read.reader} ${read.subject}`
    const before = seen.get(key)
    const isBackward =
      before !== undefined && read.sentMs >= before.receivedMs && read.version < before.version
    const writtenMs = writes.find(
      write => write.subject === read.subject && write.version === before?.version,
    )?.acknowledgedMs
    if (isBackward && read.sentMs - (writtenMs ?? before.sentMs) > visibleMs)
      found.push(`${read.reader} read ${read.subject} in version ${before.version}, later in ${read.version}`)
    if (before === undefined || read.version > before.version) seen.set(key, read)
  }
  return found
}

/** Reads that were sent after a write had to be visible, and do not show it. The author sees a write at once. */
export function findStaleReads(
  reads: readonly VersionRead[],
  writes: readonly VersionWrite[],
): readonly string[] {
  const found: string[] = []
  for (const { reader, subject, version, sentMs } of reads) {
    const delayMs = reader === 'author' ? 0 : visibleAfterMs
    const due = writes.filter(write => write.subject === subject && write.acknowledgedMs + delayMs < sentMs)
    const newest = Math.max(0, ...due.map(write => write.version))
    if (version < newest) found.push(`${reader} read ${subject} in version ${version} after ${newest}`)
  }
  return found
}
