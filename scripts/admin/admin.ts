// Makes an account an admin: EMAIL=ada@example.com node scripts/admin/admin.ts
//   in the database of `make dev`; with ON=cluster or ENVIRONMENT in that of a cluster, if its Postgres is in there, and with
//   ON=url in that of DATABASE_URL, as its owner

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from 'pg'
import { emailKey } from '../../functions/auth/emails/email-address.ts'
import { readDatabase } from '../../functions/migrate/config.ts'
import { withClient } from '../../functions/migrate/with-client.ts'
import type { Environment } from '../../functions/shared/environment.ts'
import { runCli } from '../cli/cli.ts'
import { type Options, required, UsageError } from '../cli/options.ts'
import { findServer, psql } from '../cluster/psql.ts'
import { dataFolder } from '../dev/data-folder.ts'
import { readEnvironment } from '../dev/environment.ts'
import type { EnvironmentName } from '../release/overlay.ts'
import { placeOf, placeOptions, requireCluster, targetOf } from '../release/target.ts'

/**
 * `parameter` is `$1` for the driver, and a variable for psql. The name says if anyone could have registered the address
 * before its owner did.
 */
const statement = (parameter: string) => `
  with changed as (
    update auth.accounts set role = 'admin' where email_key = ${parameter} returning id, username, email_verified_at
  ), recorded as (
    insert into auth.events (account_id, kind, address, client)
    select id, 'role_changed', 'operator', 'make admin' from changed
  )
  select username || case when email_verified_at is null then ' (with an unverified address)' else '' end as username
  from changed`

const promoteInDatabase = (environment: Environment, key: string): Promise<string | undefined> => {
  const { databaseUrl, authority } = readDatabase(environment)
  const work = async (client: Client) => {
    const { rows } = await client.query<{ username: string }>(statement('$1'), [key])
    return rows[0]?.username
  }
  return withClient(databaseUrl, work, authority)
}

const optionSchemas = {
  ...placeOptions,
  EMAIL: required(': make admin EMAIL=ada@example.com'),
}

function developmentEnvironment(): Environment {
  if (!existsSync(join(dataFolder, 'migrate.env')))
    throw new UsageError('`make dev` has no data yet: start it, or choose ON=cluster or ON=url.')
  return readEnvironment(dataFolder, 'migrate')
}

async function promoteInCluster(environment: EnvironmentName, key: string): Promise<string | undefined> {
  await requireCluster(environment)
  const { namespace } = targetOf(environment)
  if ((await findServer(namespace)) === undefined)
    throw new UsageError(
      `Postgres is not in the namespace ${namespace}: add ON=url DATABASE_URL=postgres://… of its owner.`,
    )
  return psql(namespace, statement(":'key'"), { key })
}

function promote(options: Options<typeof optionSchemas>, key: string): Promise<string | undefined> {
  const { kind, environment } = placeOf(options)
  if (kind === 'cluster') return promoteInCluster(environment, key)
  return promoteInDatabase(kind === 'dev' ? developmentEnvironment() : process.env, key)
}

async function admin(options: Options<typeof optionSchemas>): Promise<void> {
  const username = await promote(options, emailKey(options.EMAIL))
  if (!username) throw new UsageError('no account has this email; register first.')
  console.log(`${username} is an admin, from the next sign-in or refresh on.`)
}

await runCli(optionSchemas, admin)
