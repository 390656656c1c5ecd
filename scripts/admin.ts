// Makes an account an admin: EMAIL=ada@example.com node scripts/admin.ts
//   in the database of DATABASE_URL (as its owner), or else of `make dev`; with ON=cluster in that of ENVIRONMENT (kind)
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { Client } from 'pg'
import { emailKey } from '../functions/auth/emails/email-address.ts'
import { readOption, runCli, UsageError } from './cli.ts'
import { psql } from './cluster/psql.ts'
import { dataFolder } from './dev/data-folder.ts'
import { readTarget } from './release/target.ts'

/** `parameter` is `$1` for the driver, and a variable for psql. */
const statement = (parameter: string) => `
  with changed as (
    update auth.accounts set role = 'admin' where email_key = ${parameter} returning id, username
  ), recorded as (
    insert into auth.events (account_id, kind, address, client)
    select id, 'role_changed', 'operator', 'make admin' from changed
  )
  select username from changed`

async function promoteInDatabase(databaseUrl: string, key: string): Promise<string | undefined> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query<{ username: string }>(statement('$1'), [key])).rows[0]?.username
  } finally {
    await client.end()
  }
}

function requireDatabaseUrl(): string {
  const file = join(dataFolder, 'migrate.env')
  const fromDev = existsSync(file) ? parseEnv(readFileSync(file, 'utf8'))['DATABASE_URL'] : undefined
  const url = readOption('DATABASE_URL') ?? fromDev
  if (url === undefined) throw new UsageError('`make dev` has no data yet: set DATABASE_URL or ON=cluster.')
  return url
}

async function admin(): Promise<void> {
  const email = readOption('EMAIL')
  if (email === undefined) throw new UsageError('EMAIL is missing: make admin EMAIL=ada@example.com')
  const key = emailKey(email)
  const username =
    readOption('ON') === 'cluster'
      ? await psql(readTarget().namespace, statement(":'key'"), { key })
      : await promoteInDatabase(requireDatabaseUrl(), key)
  if (!username) throw new UsageError('no account has this email; register first.')
  console.log(`${username} is an admin, from the next sign-in or refresh on.`)
}

await runCli(admin)
