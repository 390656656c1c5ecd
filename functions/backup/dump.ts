import { createHash } from 'node:crypto'
import type { Client } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { tryShareLock } from '../migrate/advisory-locks.ts'
import { readApplied } from '../migrate/applied.ts'
import { withClient } from '../migrate/with-client.ts'
import type { ArchiveWriter } from './archive.ts'
import {
  copyTarget,
  type DatabaseTable,
  qualified,
  readPostgresVersion,
  readSequences,
  readTables,
} from './catalog.ts'
import { type ArchivedTable, type Manifest, manifestEntry, partEntry, tableName } from './manifest.ts'

export interface DumpOptions {
  /** A role that may read every table. */
  readonly databaseUrl: string
  /** Certificates in PEM: the connection is TLS then, and verified. */
  readonly authority?: string | undefined
  /** The application's version, for the manifest. */
  readonly version: string
  readonly archive: ArchiveWriter
  /** Share of the work done so far, from 0 to 1, after each part. */
  readonly onProgress?: (share: number) => void
}

/** Held in memory twice: here and in the compressor. */
const partBytes = 4 * 1_048_576

/**
 * Writes all rows of one moment to the archive. Takes no lock that a reader or a writer would wait for; a migration waits
 * for it, and a restore is refused. Returns the manifest, which the archive ends with. Rejects where the database was never
 * migrated, or is being restored.
 */
export function dump(options: DumpOptions): Promise<Manifest> {
  const { databaseUrl, authority, version, archive, onProgress } = options
  const write = async (client: Client) => {
    // Between the commits of a restore the database has no rows, which would be a whole archive of nothing.
    if (!(await tryShareLock(client, 'restore')))
      throw new Error('this database is being restored: back it up when that is done')
    if ((await readApplied(client)).length === 0)
      throw new Error('this database was never migrated: there is nothing to back up')
    const tables = await beginSnapshot(client)
    const migrations = [...(await readApplied(client))]
    const manifest: Manifest = {
      format: 1,
      createdAt: new Date().toISOString(),
      version,
      postgresVersion: await readPostgresVersion(client),
      migrations,
      tables: await dumpTables(client, tables, archive, onProgress),
      sequences: await readSequences(client),
    }
    await archive.add(manifestEntry, Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`))
    return manifest
  }
  return withClient(databaseUrl, write, authority)
}

/**
 * Begins a transaction with one snapshot for all of its statements. The tables are locked before that: one that a migration
 * rewrites afterwards is empty for an older snapshot. Resolves with the tables.
 */
async function beginSnapshot(client: Client): Promise<readonly DatabaseTable[]> {
  for (;;) {
    const locked = (await readTables(client)).map(({ schema, name }) => qualified(client, schema, name))
    await client.query('begin isolation level repeatable read read only')
    // The owner's default could end the copy of a large table.
    await client.query('set local statement_timeout = 0')
    await client.query("set local timezone = 'UTC'")
    await client.query(`lock table ${locked.join(', ')} in access share mode`)
    const tables = await readTables(client)
    if (tables.every(({ schema, name }) => locked.includes(qualified(client, schema, name)))) return tables
    // A migration has added one since.
    await client.query('rollback')
  }
}

async function dumpTables(
  client: Client,
  tables: readonly DatabaseTable[],
  archive: ArchiveWriter,
  onProgress: DumpOptions['onProgress'],
): Promise<ArchivedTable[]> {
  const totalBytes = tables.reduce((sum, { bytes }) => sum + bytes, 0)
  const archived: ArchivedTable[] = []
  let doneBytes = 0
  for (const table of tables) {
    const report = (rows: number) => {
      const share = table.estimatedRows === 0 ? 0 : Math.min(1, rows / table.estimatedRows)
      onProgress?.(totalBytes === 0 ? 1 : (doneBytes + share * table.bytes) / totalBytes)
    }
    archived.push(await dumpTable(client, archive, table, report))
    doneBytes += table.bytes
  }
  onProgress?.(1)
  return archived
}

async function dumpTable(
  client: Client,
  archive: ArchiveWriter,
  table: DatabaseTable,
  report: (rows: number) => void,
): Promise<ArchivedTable> {
  const { schema, name, columns, types } = table
  const target = copyTarget(client, table)
  // As a query, since a partitioned table cannot be copied by its name.
  const stream = client.query(copyTo(`copy (select ${target.columns} from ${target.table}) to stdout`))
  const hash = createHash('sha256')
  let [rows, bytes, parts, length] = [0, 0, 0, 0]
  let chunks: Buffer[] = []
  const writePart = async () => {
    const content = Buffer.concat(chunks, length)
    ;[chunks, length] = [[], 0]
    hash.update(content)
    bytes += content.length
    rows += countLines(content)
    parts += 1
    await archive.add(partEntry(table, parts), content)
    report(rows)
  }
  for await (const chunk of stream) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= partBytes) await writePart()
  }
  if (length > 0) await writePart()
  if (stream.rowCount !== rows)
    throw new Error(`${tableName(table)}: ${stream.rowCount} rows read, ${rows} written`)
  return { schema, name, columns, types, rows, bytes, sha256: hash.digest('hex') }
}

/** In the text format of `copy` a row is a line, and a line feed within a value is written as `\n`. */
export function countLines(content: Buffer): number {
  let lines = 0
  for (let at = content.indexOf(10); at !== -1; at = content.indexOf(10, at + 1)) lines += 1
  return lines
}
