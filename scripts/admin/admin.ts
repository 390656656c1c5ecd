// Makes an account an admin: EMAIL=ada@example.com node scripts/admin/admin.ts
//   in the database of DATABASE_URL (as its owner), or else of `make dev`; with ON=cluster in that of ENVIRONMENT (kind)

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import * as v from 'valibot'
import { emailKey } from '../../functions/auth/emails/email-address.ts'
import { withClient } from '../../functions/migrate/with-client.ts'
import { runCli } from '../cli/cli.ts'
import { type Options, oneOf, required, text, UsageError } from '../cli/options.ts'
import { psql } from '../cluster/psql.ts'
import { dataFolder } from '../dev/data-folder.ts'
import { clusterOptions, requireCluster, targetOf } from '../release/target.ts'

/** `parameter` is `$1` for the driver, and a variable for psql. */
const statement = (parameter: string) => `
  with changed as (
    update auth.accounts set role = 'admin' where email_key = ${parameter} returning id, username
  ), recorded as (
    insert into auth.events (account_id, kind, address, client)
    select id, 'role_changed', 'operator', 'make admin' from changed
  )
  select username from changed`

const promoteInDatabase = (databaseUrl: string, key: string): Promise<string | undefined> =>
  withClient(databaseUrl, async client => {
    const { rows } = await client.query<{ username: string }>(statement('$1'), [key])
    return rows[0]?.username
  })

const optionSchemas = {
  ...clusterOptions,
  EMAIL: required(': make admin EMAIL=ada@example.com'),
  ON: v.optional(oneOf(['cluster'])),
  DATABASE_URL: text,
  DATA_FOLDER: text,
}

function requireDatabaseUrl(given: string | undefined): string {
  const file = join(dataFolder, 'migrate.env')
  const fromDev = existsSync(file) ? parseEnv(readFileSync(file, 'utf8'))['DATABASE_URL'] : undefined
  const url = given ?? fromDev
  if (url === undefined) throw new UsageError('`make dev` has no data yet: set DATABASE_URL or ON=cluster.')
  return url
}

async function admin({ EMAIL, ON, ENVIRONMENT, DATABASE_URL }: Options<typeof optionSchemas>): Promise<void> {
  const key = emailKey(EMAIL)
  if (ON === 'cluster') await requireCluster()
  const username =
    ON === 'cluster'
      ? await psql(targetOf(ENVIRONMENT).namespace, statement(":'key'"), { key })
      : await promoteInDatabase(requireDatabaseUrl(DATABASE_URL), key)
  if (!username) throw new UsageError('no account has this email; register first.')
  console.log(`${username} is an admin, from the next sign-in or refresh on.`)
}

await runCli(optionSchemas, admin)
