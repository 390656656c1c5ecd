import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from 'pg'
import { hasState } from '../shared/postgres/errors.ts'
import { scramVerifier } from './scram.ts'

/** The password of each function's login role, by the role's name. */
export type RolePasswords = Readonly<Record<string, string>>

const monitorRole = 'iod_monitor'

/** Each lost race is another run's progress, so as many runs at once come through. */
const maxTries = 100

/**
 * Creates the missing roles, and sets the passwords and settings of all. Roles belong to the server: runs for several of its
 * databases change the same rows, and the migrations' lock is that of one database. A run that loses such a race begins
 * again.
 */
export async function createRoles(
  client: Client,
  passwords: RolePasswords,
  monitorPassword: string | undefined,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await writeRoles(client, passwords, monitorPassword)
    } catch (error) {
      if (!isLostRace(error) || tries === maxTries) throw error
    }
  }
}

/** Postgres has no code of its own for the first; the second is a role that another run has just created. */
const isLostRace = (error: unknown): boolean =>
  (hasState(error, 'XX000') && error.message === 'tuple concurrently updated') ||
  (hasState(error, '23505') && error.constraint === 'pg_authid_rolname_index')

async function writeRoles(
  client: Client,
  passwords: RolePasswords,
  monitorPassword: string | undefined,
): Promise<void> {
  await client.query("select set_config('iod.roles', $1, false)", [Object.keys(passwords).join()])
  await client.query(readSql('function-roles.sql'))
  for (const [role, password] of Object.entries(passwords)) await setPassword(client, role, password)
  if (monitorPassword === undefined) return
  await client.query(readSql('monitor-role.sql'))
  await setPassword(client, monitorRole, monitorPassword)
}

/** The build copies the files next to the bundle. */
const readSql = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8')

/** Utility statements take no parameters, so Postgres quotes the verifier. */
async function setPassword(client: Client, role: string, password: string): Promise<void> {
  const { rows } = await client.query<{ sql: string }>(
    `select format('alter role %I password %L', $1::text, $2::text) as sql`,
    [role, scramVerifier(password)],
  )
  await client.query(rows[0]?.sql ?? '')
}
