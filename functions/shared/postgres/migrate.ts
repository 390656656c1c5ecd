import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import type { Log } from '../log.ts'
import { createRoles, type RolePasswords } from './roles.ts'

export interface MigrateOptions {
  /** A role that owns the database and may create roles. */
  readonly databaseUrl: string
  readonly rolePasswords: RolePasswords
  /** Of the role that an exporter reads statistics with; undefined where none does. */
  readonly monitorPassword?: string | undefined
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
    await createRoles(client, options.rolePasswords, options.monitorPassword)
    const applied = await applyPending(client, options)
    await reindexSearch(client)
    return applied
  } finally {
    // Ending the session gives the lock back, also after a failure.
    await client.end()
  }
}

/** Brings over what a migration of search has left to be done in small transactions (0019). */
async function reindexSearch(client: Client): Promise<void> {
  const { rows } = await client.query<{ exists: boolean }>(
    "select to_regclass('posts.search_backlog') is not null as exists",
  )
  if (!rows[0]?.exists) return
  const reindex = () => client.query<{ count: string }>('select posts.reindex_search(100) as count')
  while (Number((await reindex()).rows[0]?.count) > 0);
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
