import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from 'pg'
import { scramVerifier } from './scram.ts'

/** The password of each function's login role, by the role's name. */
export type RolePasswords = Readonly<Record<string, string>>

const monitorRole = 'iod_monitor'

/** Creates the missing roles, and sets the passwords and settings of all. */
export async function createRoles(
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
