import { describe, expect, test } from 'vitest'
import { check, findBackwardReads, findStaleReads, type Stored } from './checker.ts'
import { Ledger, type VersionRead, type WriteKind, writeKinds } from './ledger.ts'

const everything = (): { ledger: Ledger; stored: Stored } => {
  const ledger = new Ledger()
  for (const kind of writeKinds) for (const id of ['a', 'b']) ledger.acknowledge(kind, id)
  ledger.versionWrites.push({ subject: 'a', version: 2, acknowledgedMs: 0 })
  const rows = (): Map<string, number> =>
    new Map([
      ['a', 1],
      ['b', 1],
      ['never acknowledged', 1],
    ])
  return {
    ledger,
    stored: { rows: new Map(writeKinds.map(kind => [kind, rows()])), versions: new Map([['a', 2]]) },
  }
}

/** Changes the number of rows of one write. */
function planted({ rows, versions }: Stored, kind: WriteKind, id: string, count: number): Stored {
  const changed = new Map(rows.get(kind))
  if (count === 0) changed.delete(id)
  else changed.set(id, count)
  return { rows: new Map([...rows, [kind, changed]]), versions }
}

test('finds nothing where everything that was acknowledged is there once', () => {
  const { ledger, stored } = everything()
  const none = { lost: [], duplicates: [], backward: [], stale: [] }
  expect(check(ledger, stored)).toEqual({ acknowledged: 13, found: 13, ...none })
})

test.each(writeKinds)('finds a lost %s', kind => {
  const { ledger, stored } = everything()
  expect(check(ledger, planted(stored, kind, 'b', 0))).toMatchObject({ found: 12, lost: [`${kind} b`] })
})

test.each(writeKinds)('finds a %s that was written twice, acknowledged or not', kind => {
  const { ledger, stored } = everything()
  for (const id of ['a', 'never acknowledged'])
    expect(check(ledger, planted(stored, kind, id, 2)).duplicates).toEqual([`${kind} ${id}: 2 rows`])
})

test('finds a change that was overwritten by an older version', () => {
  const { ledger, stored } = everything()
  const { lost } = check(ledger, { ...stored, versions: new Map([['a', 1]]) })
  expect(lost).toEqual(['version 2 of a'])
})

const read = (version: number, sentMs: number, reader = 'reader'): VersionRead => ({
  reader,
  subject: 'a',
  version,
  sentMs,
  receivedMs: sentMs + 10,
})

describe('reads that go back in time', () => {
  const writes = [{ subject: 'a', version: 2, acknowledgedMs: 0 }]

  test('are found, however much was read between', () => {
    const reads = [read(2, 10), read(2, 900), read(1, 2_000)]
    expect(findBackwardReads(reads, writes)).toEqual(['reader read a in version 2, later in 1'])
  })

  test('are found at once where no delay is allowed', () => {
    expect(findBackwardReads([read(2, 10), read(1, 30)], writes, 0)).toHaveLength(1)
    expect(findBackwardReads([read(2, 10), read(1, 30)], writes)).toEqual([])
  })

  test('are neither those of another reader nor those that were on their way', () => {
    expect(findBackwardReads([read(2, 10), read(1, 2_000, 'other')], writes)).toEqual([])
    expect(findBackwardReads([{ ...read(2, 10), receivedMs: 5_000 }, read(1, 2_000)], writes)).toEqual([])
  })
})

test('a write has to be visible to all after a second, and to its author at once', () => {
  const writes = [{ subject: 'a', version: 2, acknowledgedMs: 100 }]
  expect(findStaleReads([read(1, 1_000), read(2, 1_200), read(1, 90, 'author')], writes)).toEqual([])
  expect(findStaleReads([read(1, 1_200)], writes)).toHaveLength(1)
  expect(findStaleReads([read(1, 110, 'author')], writes)).toHaveLength(1)
})

test('a write that is acknowledged while the database is read is not missed yet', () => {
  const { ledger, stored } = everything()
  const before = ledger.snapshot()
  ledger.acknowledge('post', 'later')
  expect(check(before, stored).lost).toEqual([])
  expect(check(ledger, stored).lost).toEqual(['post later'])
})
