import type { Client } from 'pg'
import { until } from '../cli/until.ts'

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
  const isArchived = async () => {
    const { rows: states } = await client.query<{ done: boolean }>(
      'select coalesce(last_archived_wal >= $1, false) as done from pg_stat_archiver',
      [segment],
    )
    return states[0]?.done === true
  }
  await until(`the segment ${segment} is in the bucket`, isArchived, 120, 500)
  return (performance.now() - startMs) / 1_000
}
