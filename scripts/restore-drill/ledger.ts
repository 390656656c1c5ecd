// Writes that the drill makes to the live cluster, one commit each, and what is known of each.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { tryLock } from '../../functions/migrate/advisory-locks.ts'
import { UsageError } from '../cli/options.ts'

export interface LedgerEntry {
  readonly number: number
  /** The server's clock after the commit was acknowledged. */
  readonly acknowledgedAt: Date
}

/** In `public`, which an archive of `make backup` leaves out. */
const table = 'public.restore_drill'

const now = 'select clock_timestamp() as at'

export async function readClock(client: Client): Promise<Date> {
  const { rows } = await client.query<{ at: Date }>(now)
  return rows[0]?.at ?? new Date(Number.NaN)
}

/**
 * Rejects while another drill has its ledger here, whose writes and second cluster this one would remove. The lock ends
 * with the connection.
 */
export async function createLedger(client: Client): Promise<void> {
  if (!(await tryLock(client, 'restoreDrill')))
    throw new UsageError('another restore drill runs on this cluster.')
  await client.query(`drop table if exists ${table}`)
  await client.query(`create table ${table} (number integer primary key)`)
}

/** Commits rows one after the other until the time is over, `pauseMs` apart. Resolves with the acknowledged ones. */
export async function writeLedger(
  client: Client,
  { first, durationMs, pauseMs }: { first: number; durationMs: number; pauseMs: number },
): Promise<readonly LedgerEntry[]> {
  const entries: LedgerEntry[] = []
  const endMs = performance.now() + durationMs
  for (let number = first; performance.now() < endMs; number += 1) {
    await client.query(`insert into ${table} (number) values ($1)`, [number])
    entries.push({ number, acknowledgedAt: await readClock(client) })
    await sleep(pauseMs)
  }
  return entries
}

export const dropLedger = (client: Client) => client.query(`drop table if exists ${table}`)

/** Returns the numbers that a restored database has; none where the table came later. */
export async function readLedger(client: Client): Promise<ReadonlySet<number>> {
  const { rows: found } = await client.query<{ exists: boolean }>(
    `select to_regclass('${table}') is not null as exists`,
  )
  if (!found[0]?.exists) return new Set()
  const { rows } = await client.query<{ number: number }>(`select number from ${table}`)
  return new Set(rows.map(({ number }) => number))
}
