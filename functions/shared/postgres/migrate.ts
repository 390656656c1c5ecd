import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import type { Log } from '../log.ts'

/** One login role per function; the grants in the migrations name them. */
export const functionRoles = ['iod_auth', 'iod_profile', 'iod_posts'] as const
export type FunctionRole = (typeof functionRoles)[number]

export interface MigrateOptions {
  /** A role that owns the database and may create roles. */
  readonly databaseUrl: string
  readonly rolePasswords: Readonly<Record<FunctionRole, string>>
  /** Folder of `NNNN-verb-object.sql` files, applied in the order of their names. */
  readonly migrationsFolder: string
  readonly log: Log
}

/** Any number: all that migrate the same database must agree on it, so that they go one after the other. */
const advisoryLock = 7_035_001
const lockTimeoutMs = 120_000

/**
 * Creates the roles and applies the migrations that are not yet applied, each with its own record in one transaction.
 * Any number may run at once: they queue on an advisory lock, and all but the first find nothing to do.
 * Returns the names of the migrations that it applied.
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const client = new Client({ connectionString: options.databaseUrl, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(`set lock_timeout = ${lockTimeoutMs}`)
    await client.query('select pg_advisory_lock($1)', [advisoryLock])
    await createRoles(client, options.rolePasswords)
    return await applyPending(client, options)
  } finally {
    // Ending the session gives the lock back, also after a failure.
    await client.end()
  }
}

/** The names of the migrations in the folder that the database does not have. Changes nothing. */
export async function pendingMigrations({
  databaseUrl,
  migrationsFolder,
}: Pick<MigrateOptions, 'databaseUrl' | 'migrationsFolder'>): Promise<readonly string[]> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<{ exists: boolean }>(
      "select to_regclass('public.migrations') is not null as exists",
    )
    return rows[0]?.exists ? await pendingIn(client, migrationsFolder) : migrationsIn(migrationsFolder)
  } finally {
    await client.end()
  }
}

const migrationsIn = (folder: string) =>
  readdirSync(folder)
    .filter(name => name.endsWith('.sql'))
    .sort()

async function pendingIn(client: Client, folder: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>('select name from public.migrations')
  const applied = new Set(rows.map(row => row.name))
  return migrationsIn(folder).filter(name => !applied.has(name))
}

async function createRoles(client: Client, passwords: MigrateOptions['rolePasswords']): Promise<void> {
  for (const role of functionRoles) {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
    if (rowCount === 0) await client.query(`create role ${role} login nosuperuser nocreatedb nocreaterole`)
    // No parameters in utility statements; the password is quoted by Postgres itself.
    const { rows } = await client.query<{ sql: string }>(
      `select format('alter role %I password %L', $1::text, $2::text) as sql`,
      [role, passwords[role]],
    )
    await client.query(rows[0]?.sql ?? '')
    await client.query(`alter role ${role} set statement_timeout = '5s'`)
    await client.query(`alter role ${role} set lock_timeout = '3s'`)
    // Compiling a plan would take longer than any statement here runs.
    await client.query(`alter role ${role} set jit = off`)
    // To start two workers takes 4 ms, and the cores are for other requests.
    await client.query(`alter role ${role} set max_parallel_workers_per_gather = 0`)
    await client.query(`alter role ${role} set idle_in_transaction_session_timeout = '10s'`)
  }
}

async function applyPending(
  client: Client,
  { migrationsFolder, log }: MigrateOptions,
): Promise<readonly string[]> {
  await client.query(`create table if not exists public.migrations (
    name text primary key,
    applied_at timestamptz not null default now()
  )`)
  const pending = await pendingIn(client, migrationsFolder)
  for (const name of pending) {
    await client.query('begin')
    try {
      await client.query('insert into public.migrations (name) values ($1)', [name])
      await client.query(readFileSync(join(migrationsFolder, name), 'utf8'))
      await client.query('commit')
    } catch (error) {
      await client.query('rollback')
      throw new Error(`migration ${name} failed and was rolled back`, { cause: error })
    }
    log.info('migrated', { migration: name })
  }
  return pending
}
