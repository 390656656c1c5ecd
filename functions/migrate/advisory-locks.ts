import type { Client } from 'pg'

/** Any numbers that all programs on a database agree on. A restore runs the migrations, so each has its own. */
export const advisoryLocks = { migrations: 7_035_001, restore: 7_035_002, restoreDrill: 7_035_003 } as const

type Lock = keyof typeof advisoryLocks

/** Takes the lock, which ends with the connection; resolves with false where another connection has it. */
export const tryLock = (client: Client, lock: Lock): Promise<boolean> =>
  ask(client, 'select pg_try_advisory_lock($1) as locked', lock)

/** The same for one of many that may have it at once, while nobody has it alone. */
export const tryShareLock = (client: Client, lock: Lock): Promise<boolean> =>
  ask(client, 'select pg_try_advisory_lock_shared($1) as locked', lock)

async function ask(client: Client, text: string, lock: Lock): Promise<boolean> {
  return (await client.query<{ locked: boolean }>(text, [advisoryLocks[lock]])).rows[0]?.locked === true
}
