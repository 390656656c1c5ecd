import type { Client } from 'pg'
import { scramVerifier } from './scram.ts'
import { lockTimeoutMs, statementTimeoutMs } from './timeouts.ts'

/** One login role per function; the grants in the migrations name them. */
export const functionRoles = ['iod_auth', 'iod_profile', 'iod_posts'] as const
export type FunctionRole = (typeof functionRoles)[number]

/** Reads statistics and settings (`pg_monitor`) and no row of any table. */
const monitorRole = 'iod_monitor'

export type RolePasswords = Readonly<Record<FunctionRole, string>>

/** Creates the roles that are missing, and sets passwords and settings of all. */
export async function createRoles(
  client: Client,
  passwords: RolePasswords,
  monitorPassword: string | undefined,
): Promise<void> {
  for (const role of functionRoles) {
    await createLoginRole(client, role, passwords[role])
    await client.query(`alter role ${role} set statement_timeout = ${statementTimeoutMs}`)
    await client.query(`alter role ${role} set lock_timeout = ${lockTimeoutMs}`)
    // Compiling a plan would take longer than any statement here runs.
    await client.query(`alter role ${role} set jit = off`)
    // To start two workers takes 4 ms, and the cores are for other requests.
    await client.query(`alter role ${role} set max_parallel_workers_per_gather = 0`)
    await client.query(`alter role ${role} set idle_in_transaction_session_timeout = '10s'`)
  }
  if (monitorPassword === undefined) return
  await createLoginRole(client, monitorRole, monitorPassword)
  await client.query(`grant pg_monitor to ${monitorRole}`)
  await client.query(`alter role ${monitorRole} connection limit 5`)
  await client.query(`alter role ${monitorRole} set statement_timeout = '10s'`)
}

/** No parameters in utility statements: Postgres quotes the verifier itself. */
async function createLoginRole(client: Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
  if (rowCount === 0) await client.query(`create role ${role} login nosuperuser nocreatedb nocreaterole`)
  const { rows } = await client.query<{ sql: string }>(
    `select format('alter role %I password %L', $1::text, $2::text) as sql`,
    [role, scramVerifier(password)],
  )
  await client.query(rows[0]?.sql ?? '')
}
