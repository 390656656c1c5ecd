import type { Queryable } from '../../../../functions/shared/postgres/database.ts'

const selectFormats = { name: 'select_formats', text: 'select name from media.formats order by name' }

export async function findFormats(db: Queryable): Promise<readonly string[]> {
  const rows = await db.query<{ name: string }>(selectFormats, [])
  return rows.map(({ name }) => name)
}
