import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import type { Log } from '../shared/log.ts'
import { hasState } from '../shared/postgres/errors.ts'
import { tryLock } from './advisory-locks.ts'
import { createMigrationsTable, readApplied, selectPending } from './applied.ts'
import type { Migration } from './migrations.ts'
import { createRoles, type RolePasswords } from './roles.ts'
import { withClient } from './with-client.ts'

export interface MigrateOptions {
  /** A role that owns the database and may create roles. */
  readonly databaseUrl: string
  /** Certificates in PEM by which the server proves that it is ours. */
  readonly authority?: string | undefined
  readonly rolePasswords: RolePasswords
  /** For the role with which an exporter reads statistics; undefined without an exporter. */
  readonly monitorPassword?: string | undefined
  readonly migrations: readonly Migration[]
  readonly log: Log
}

const lockTimeoutMs = 120_000
const lockPauseMs = 50
/**
 * Every reader and writer of a table queues behind a migration that waits for it, as it does while a backup or a person reads
 * that table: this long, which is less than the functions' roles wait for a lock. More than the second after which Postgres
 * ends an automatic vacuum that is in the way.
 */
const tableLockMs = 1_200
/** Then those in the queue get their turn. */
const tableLockPauseMs = 1_000
/** The first words of a migration that takes long and must not block writers. */
const withoutTransaction = '-- Without a transaction'

/**
 * Creates the roles and applies the pending migrations in order, each with its record in one transaction, or without one.
 * Any number may run at once: they wait for an advisory lock, and all but the first find nothing to do.
 * Returns the names of the migrations that it applied.
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  return withClient(
    options.databaseUrl,
    async client => {
      await client.query(`set lock_timeout = ${lockTimeoutMs}`)
      await lock(client)
      const pending = selectPending(options.migrations, await readApplied(client))
      await createRoles(client, options.rolePasswords, options.monitorPassword)
      await client.query(createMigrationsTable)
      for (const migration of pending) {
        await apply(client, migration, options.log)
        options.log.info('migrated', { migration: migration.name })
      }
      await reindexSearch(client)
      return pending.map(({ name }) => name)
    },
    options.authority,
  )
}

/** Returns the names of the migrations that the database lacks. Changes nothing. */
export async function pendingMigrations({
  databaseUrl,
  authority,
  migrations,
}: Pick<MigrateOptions, 'databaseUrl' | 'authority' | 'migrations'>): Promise<readonly string[]> {
  return withClient(
    databaseUrl,
    async client => selectPending(migrations, await readApplied(client)).map(({ name }) => name),
    authority,
  )
}

/**
 * Ending the session releases the lock, also after a failure. A statement that waited for the lock would hold a snapshot,
 * and an index that is created concurrently waits for those.
 */
async function lock(client: Client): Promise<void> {
  const untilMs = performance.now() + lockTimeoutMs
  while (!(await tryLock(client, 'migrations'))) {
    if (performance.now() > untilMs) throw new Error('another migration has been running for two minutes')
    await sleep(lockPauseMs)
  }
}

async function apply(client: Client, migration: Migration, log: Log): Promise<void> {
  const { number, name, checksum, sql } = migration
  const text = 'insert into public.migrations (number, name, checksum) values ($1, $2, $3)'
  const record = () => client.query(text, [number, name, checksum])
  if (sql.startsWith(withoutTransaction)) return applyStatements(client, { name, sql }, record)
  const untilMs = performance.now() + lockTimeoutMs
  for (;;) {
    await client.query('begin')
    try {
      await client.query(`set local lock_timeout = ${tableLockMs}`)
      await record()
      await client.query(sql)
      await client.query('commit')
      return
    } catch (error) {
      await client.query('rollback')
      if (!isInTheWay(error) || performance.now() > untilMs)
        throw new Error(`migration ${name} failed and was rolled back`, { cause: error })
    }
    log.info('another transaction is in the way', { migration: name })
    await sleep(tableLockPauseMs)
  }
}

/** A lock that was not available in time, or a deadlock with a request. */
const isInTheWay = (error: unknown): boolean => hasState(error, '55P03', '40P01')

/** Postgres creates an index concurrently only outside a transaction, and several statements sent at once are one. */
async function applyStatements(
  client: Client,
  { name, sql }: Pick<Migration, 'name' | 'sql'>,
  record: () => Promise<unknown>,
): Promise<void> {
  try {
    for (const statement of sql.split(/;$/m)) await client.query(statement)
    await record()
  } catch (error) {
    throw new Error(`migration ${name} failed and will be run again from its start`, { cause: error })
  }
}

/** Reindexes, in small transactions, the posts that a migration has put into posts.search_backlog. */
async function reindexSearch(client: Client): Promise<void> {
  const { rows } = await client.query<{ exists: boolean }>(
    "select to_regclass('posts.search_backlog') is not null as exists",
  )
  if (!rows[0]?.exists) return
  const reindex = () => client.query<{ count: string }>('select posts.reindex_search(100) as count')
  while (Number((await reindex()).rows[0]?.count) > 0);
}
