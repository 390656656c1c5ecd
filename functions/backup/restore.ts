import { once } from 'node:events'
import type { Client } from 'pg'
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams'
import { advisoryLocks, tryLock } from '../migrate/advisory-locks.ts'
import { readApplied } from '../migrate/applied.ts'
import type { Migration } from '../migrate/migrations.ts'
import { withClient } from '../migrate/with-client.ts'
import { addUnknown } from './add-unknown.ts'
import type { ArchiveEntry } from './archive.ts'
import { copyTarget, qualified } from './catalog.ts'
import { checkArchive, tableOf } from './check.ts'
import { makeEmpty } from './make-empty.ts'
import { type ArchivedTable, type Manifest, tableName } from './manifest.ts'
import { RestoreRefused } from './restore-refused.ts'

export interface RestoreOptions {
  /** A role that owns the database and may set `session_replication_role`. */
  readonly databaseUrl: string
  /** Certificates in PEM: the connection is TLS then, and verified. */
  readonly authority?: string | undefined
  /** The archive from its beginning, each time that it is called: it is read twice. */
  readonly open: () => AsyncIterable<ArchiveEntry>
  /** Removes what the database holds. */
  readonly force: boolean
  /** The migrations of this version of the application, in order. */
  readonly migrations: readonly Migration[]
  /** Applies those of these migrations that the database lacks. */
  readonly migrate: (migrations: readonly Migration[]) => Promise<unknown>
  /** Share of the rows that are restored, from 0 to 1, after each part. */
  readonly onProgress?: (share: number) => void
}

/**
 * Brings an archive into a database without accounts or posts: checks all of it first, makes the schema as it was, loads
 * the rows in one transaction, compares their number with the manifest, and applies the migrations that came later.
 */
export async function restore(options: RestoreOptions): Promise<Manifest> {
  const { open, migrations, migrate } = options
  const manifest = await checkArchive(open())
  const archived = knownMigrations(manifest, migrations)
  const work = async (guard: Client) => {
    await requireOnlyRestore(guard)
    await withPatientClient(options, client => makeEmpty(client, migrations, options.force))
    await migrate(archived)
    await withPatientClient(options, client => load(client, manifest, options))
    await migrate(migrations)
    return manifest
  }
  // The lock ends with its connection, however the restore ends.
  return withClient(options.databaseUrl, work, options.authority)
}

/**
 * Two restores at once would both find the database empty, and the later one replace what the other has brought. A backup
 * has locked the tables.
 */
async function requireOnlyRestore(client: Client): Promise<void> {
  if (!(await tryLock(client, 'restore')))
    throw new RestoreRefused('another restore into this database is in progress, or a backup of it')
}

/** The migrations that the archive's database had, as this version has them. */
function knownMigrations(
  { migrations, version }: Manifest,
  known: readonly Migration[],
): readonly Migration[] {
  return migrations.map(({ number, name, checksum }) => {
    const migration = known.find(
      one => one.number === number && one.name === name && one.checksum === checksum,
    )
    if (migration !== undefined) return migration
    throw new RestoreRefused(
      `the archive was made by version ${version}, whose migration ${name} is not in this one: restore with that version`,
    )
  })
}

async function withPatientClient<Result>(
  { databaseUrl, authority }: Pick<RestoreOptions, 'databaseUrl' | 'authority'>,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const patientWork = async (client: Client) => {
    await client.query('set statement_timeout = 0')
    // Behind a function that still runs: each of its statements ends within 2 s.
    await client.query("set lock_timeout = '30s'")
    return work(client)
  }
  return withClient(databaseUrl, patientWork, authority)
}

async function load(client: Client, manifest: Manifest, { open, onProgress }: RestoreOptions): Promise<void> {
  await client.query('begin')
  await requireSchemaOf(client, manifest)
  // Rows come as they were: no trigger counts them again, and no foreign key asks for a row that comes later.
  await client.query('set local session_replication_role = replica')
  await client.query("set local timezone = 'UTC'")
  await addUnknown(client, manifest.tables)
  for (const table of manifest.tables)
    await client.query(`truncate ${copyTarget(client, table).table} cascade`)
  await loadRows(client, manifest, open(), onProgress)
  // The sequence of a column that was added by hand does not exist here.
  for (const { schema, name, lastValue } of manifest.sequences)
    await client.query('select setval(to_regclass($1), $2::bigint)', [
      qualified(client, schema, name),
      lastValue,
    ])
  for (const table of manifest.tables) await requireCount(client, table)
  await client.query('commit')
  await client.query('analyze')
}

/**
 * A deployment may have migrated further since the schema was made, and a migration that changes rows would then never
 * change those of the archive. The lock keeps others out until the rows are committed.
 */
async function requireSchemaOf(client: Client, { migrations }: Manifest): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [advisoryLocks.migrations])
  const applied = (await readApplied(client)).map(({ name }) => name)
  if (applied.join() !== migrations.map(({ name }) => name).join())
    throw new RestoreRefused(
      'another command has migrated this database: restore again with FORCE=yes, while nothing is deployed',
    )
}

async function loadRows(
  client: Client,
  manifest: Manifest,
  entries: AsyncIterable<ArchiveEntry>,
  onProgress: RestoreOptions['onProgress'],
): Promise<void> {
  const tables = new Map(manifest.tables.map(table => [tableName(table), table]))
  const totalBytes = manifest.tables.reduce((sum, { bytes }) => sum + bytes, 0)
  let doneBytes = 0
  let open: { readonly name: string; readonly stream: CopyStreamQuery } | undefined
  const close = async () => {
    if (open === undefined) return
    open.stream.end()
    await once(open.stream, 'finish')
    open = undefined
  }
  for await (const { name, content } of entries) {
    const table = tables.get(tableOf(name) ?? '')
    if (table === undefined) continue
    if (open?.name !== tableName(table)) {
      await close()
      const target = copyTarget(client, table)
      const stream = client.query(copyFrom(`copy ${target.table} (${target.columns}) from stdin`))
      open = { name: tableName(table), stream }
    }
    if (!open.stream.write(content)) await once(open.stream, 'drain')
    doneBytes += content.length
    onProgress?.(doneBytes / totalBytes)
  }
  await close()
}

async function requireCount(client: Client, table: ArchivedTable): Promise<void> {
  const { rows } = await client.query<{ count: string }>(
    `select count(*) from ${copyTarget(client, table).table}`,
  )
  const count = Number(rows[0]?.count)
  if (count !== table.rows)
    throw new Error(
      `${tableName(table)} has ${count} rows after the restore, and ${table.rows} in the archive`,
    )
}
