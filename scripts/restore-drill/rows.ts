import type { Client } from 'pg'
import type { Ids } from './comparison.ts'

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
