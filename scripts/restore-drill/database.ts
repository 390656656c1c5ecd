// The live database and the restored one, as their owner sees them.
import { Client } from 'pg'
import { until } from '../cli/until.ts'
import { readSecret } from '../cluster/secret-data.ts'
import { forwardPort } from '../cluster/tunnels.ts'
import type { Ids } from './comparison.ts'

/** Connects to the primary behind a Service of the namespace. */
export async function connectTo(service: string, namespace: string) {
  const { password } = await readSecret('postgres', namespace)
  const tunnel = await forwardPort(`service/${service}`, namespace, 5432)
  const client = new Client({
    host: '127.0.0.1',
    port: tunnel.port,
    user: 'postgres',
    password,
    database: 'iod',
  })
  // The query that runs reports the loss of the connection.
  client.on('error', () => undefined)
  await client.connect()
  const close = async () => {
    await client.end()
    tunnel.close()
  }
  return { client, [Symbol.asyncDispose]: close }
}

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

/** What people made, by tables whose rows never move to a later time. */
const tables = ['auth.accounts', 'posts.posts', 'posts.comments']

export async function readIds(client: Client, before: Date): Promise<Ids> {
  const ids = new Map<string, ReadonlySet<string>>()
  for (const table of tables) {
    const { rows } = await client.query<{ id: string }>(`select id from ${table} where created_at <= $1`, [
      before,
    ])
    ids.set(table, new Set(rows.map(({ id }) => id)))
  }
  return ids
}
