// Names an admin: EMAIL=ada@example.com node scripts/admin.ts
//   with DATABASE_URL (of the owner), or the data of `make dev`, or with --cluster by psql in its pod of Postgres
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { Client } from 'pg'
import { emailKey } from '../functions/auth/emails/email-address.ts'

/** `$1` for the driver, a variable for psql. */
const statement = (key: string) => `
  with changed as (
    update auth.accounts set role = 'admin' where email_key = ${key} returning id, username
  ), noted as (
    insert into auth.events (account_id, kind, address, client)
    select id, 'role_changed', 'operator', 'make admin' from changed
  )
  select username from changed`

const namespace = process.env['NAMESPACE'] ?? 'iod'
const devEnvironment = join(import.meta.dirname, '..', '.data', 'migrate.env')

async function nameByDriver(databaseUrl: string, key: string): Promise<string | undefined> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query<{ username: string }>(statement('$1'), [key])).rows[0]?.username
  } finally {
    await client.end()
  }
}

function nameInCluster(key: string): string | undefined {
  const psql =
    'PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") exec psql -h 127.0.0.1 -U postgres -d iod -v ON_ERROR_STOP=1 -v "key=$1" -qtA'
  const output = execFileSync(
    'kubectl',
    ['-n', namespace, 'exec', '-i', 'statefulset/postgres', '--', 'sh', '-c', psql, 'psql', key],
    {
      input: statement(":'key'"),
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  return output.trim() || undefined
}

function requireDatabaseUrl(): string {
  const given = process.env['DATABASE_URL']
  if (given !== undefined) return given
  const fromDev = existsSync(devEnvironment) && parseEnv(readFileSync(devEnvironment, 'utf8'))['DATABASE_URL']
  if (fromDev) return fromDev
  throw new Error('There is no data of `make dev`: set DATABASE_URL, or take ON=cluster.')
}

async function main(): Promise<void> {
  const email = process.env['EMAIL']
  if (email === undefined || email === '') throw new Error('Say whom: make admin EMAIL=ada@example.com')
  const key = emailKey(email)
  const inCluster = process.argv.includes('--cluster')
  const username = inCluster ? nameInCluster(key) : await nameByDriver(requireDatabaseUrl(), key)
  if (username === undefined) throw new Error('No account has this e-mail: register first.')
  console.log(`${username} is an admin, with the next log-in or refresh.`)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
