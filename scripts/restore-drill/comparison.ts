import type { LedgerEntry } from './ledger.ts'

/** A write that began before the restored second and was acknowledged after it may be on either side. */
export function compareLedger(entries: readonly LedgerEntry[], found: ReadonlySet<number>, restoredTo: Date) {
  const isBefore = ({ acknowledgedAt }: LedgerEntry) => acknowledgedAt <= restoredTo
  const before = entries.filter(isBefore)
  const lost = before.filter(({ number }) => !found.has(number))
  // The first write after the second may have been committed just before it.
  const after = entries.filter(entry => !isBefore(entry)).slice(1)
  return {
    /** Acknowledged before the time that was restored, and found. */
    kept: before.length - lost.length,
    /** Acknowledged before that time, and missing. */
    lost,
    /** Begun after that time, and yet there. */
    tooNew: after.map(({ number }) => number).filter(number => found.has(number)),
  }
}

export type Ids = ReadonlyMap<string, ReadonlySet<string>>

/** Returns how many rows of each table the restored database lacks that the live one has from before the restored second. */
export const missingRows = (live: Ids, restored: Ids): ReadonlyMap<string, number> =>
  new Map(
    [...live].map(([table, ids]) => [
      table,
      [...ids].filter(id => restored.get(table)?.has(id) !== true).length,
    ]),
  )
