import type { Client } from 'pg'
import type { Migration } from './migrations.ts'

type Applied = Pick<Migration, 'number' | 'name' | 'checksum'>

/** The database and the migrations disagree; the message is one sentence that says what to do. */
export class MigrationConflict extends Error {
  override readonly name = 'MigrationConflict'
}

export const createMigrationsTable = `create table if not exists public.migrations (
  number integer constraint migrations_pkey primary key,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now()
)`

/** Returns the applied migrations by number; none for a database without the table. */
export async function readApplied(client: Client): Promise<readonly Applied[]> {
  const { rows } = await client.query<{ exists: boolean }>(
    "select to_regclass('public.migrations') is not null as exists",
  )
  if (!rows[0]?.exists) return []
  const applied = await client.query<Applied>(
    'select number, name, checksum from public.migrations order by number',
  )
  return applied.rows
}

/**
 * Returns the migrations that the database lacks. An older image may know fewer than the database has.
 * Throws where the sequence would depend on the age of the database: an applied migration was changed, or one is
 * numbered below the newest applied one.
 */
export function selectPending(
  migrations: readonly Migration[],
  applied: readonly Applied[],
): readonly Migration[] {
  const byNumber = new Map(applied.map(row => [row.number, row]))
  const newest = applied.at(-1)
  return migrations.filter(({ number, name, checksum }) => {
    const row = byNumber.get(number)
    if (row !== undefined) {
      if (row.name === name && row.checksum === checksum) return false
      throw new MigrationConflict(
        `Migration ${name} differs from ${row.name} as this database applied it: restore it and put the change in a new migration, or start with an empty database (for \`make dev\`, remove .data).`,
      )
    }
    if (newest === undefined || number > newest.number) return true
    throw new MigrationConflict(
      `Migration ${name} comes before ${newest.name}, which this database has already applied: give it the next free number.`,
    )
  })
}
