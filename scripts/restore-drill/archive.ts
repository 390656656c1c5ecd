import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'

const pollMs = 500
const deadlineMs = 120_000

/**
 * Resolves when everything that is committed by now is in the bucket, with the seconds that it took: what would have been
 * lost with the whole cluster a moment before.
 */
export async function untilArchived(client: Client): Promise<number> {
  const startMs = performance.now()
  const { rows } = await client.query<{ segment: string }>(
    'select pg_walfile_name(pg_switch_wal()) as segment',
  )
  const segment = rows[0]?.segment ?? ''
  while (performance.now() - startMs < deadlineMs) {
    const { rows: states } = await client.query<{ done: boolean }>(
      'select coalesce(last_archived_wal >= $1, false) as done from pg_stat_archiver',
      [segment],
    )
    if (states[0]?.done) return (performance.now() - startMs) / 1_000
    await sleep(pollMs)
  }
  throw new Error(`the segment ${segment} is not in the bucket after ${deadlineMs / 1_000} s`)
}
