import { expect, test } from 'vitest'
import { connectOwner, createEmptyDatabase } from '../../functions/shared/testing/database.ts'
import { createLedger, dropLedger, readClock, readLedger, writeLedger } from './ledger.ts'

const { ownerUrl } = await createEmptyDatabase()

test('every acknowledged write is in the ledger, with a time after its commit', async () => {
  const client = await connectOwner(ownerUrl)
  const before = await readClock(client)
  await createLedger(client)
  const entries = await writeLedger(client, { first: 1, durationMs: 50, pauseMs: 1 })
  expect(entries.length).toBeGreaterThan(0)
  expect(await readLedger(client)).toEqual(new Set(entries.map(({ number }) => number)))
  for (const { acknowledgedAt } of entries) expect(acknowledgedAt >= before).toBe(true)
  await dropLedger(client)
  expect(await readLedger(client)).toEqual(new Set())
  await client.end()
})

test('a second drill is refused while one runs, and what a stopped one has left does not hinder the next', async () => {
  const [first, second] = [await connectOwner(ownerUrl), await connectOwner(ownerUrl)]
  await createLedger(first)
  await writeLedger(first, { first: 1, durationMs: 10, pauseMs: 1 })
  await expect(createLedger(second)).rejects.toThrow('another restore drill runs')
  // As when it is stopped.
  await first.end()
  await expect.poll(() => createLedger(second).then(() => 'created', String)).toBe('created')
  expect(await readLedger(second)).toEqual(new Set())
  await second.end()
})
