import type { Client } from 'pg'

/** Any numbers that all programs on a database agree on. A restore runs the migrations, so each has its own. */
export const advisoryLocks = { migrations: 7_035_001, restore: 7_035_002, restoreDrill: 7_035_003 } as const

/** Takes the lock, which ends with the connection; resolves with false where another connection has it. */
export async function tryLock(client: Client, lock: keyof typeof advisoryLocks): Promise<boolean> {
  const text = 'select pg_try_advisory_lock($1) as locked'
  return (await client.query<{ locked: boolean }>(text, [advisoryLocks[lock]])).rows[0]?.locked === true
}
