import { createHash } from 'node:crypto'
import type { Client } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { readApplied } from '../migrate/applied.ts'
import { withClient } from '../migrate/with-client.ts'
import type { ArchiveWriter } from './archive.ts'
import { copyTarget, type DatabaseTable, readPostgresVersion, readSequences, readTables } from './catalog.ts'
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
 * Writes all rows of one moment to the archive. Takes no lock that a reader or a writer would wait for; only a migration
 * waits for it. Returns the manifest, which the archive ends with. Rejects where the database was never migrated.
 */
export function dump(options: DumpOptions): Promise<Manifest> {
  const { databaseUrl, authority, version, archive, onProgress } = options
  const write = async (client: Client) => {
    // One snapshot for every statement below.
    await client.query('begin isolation level repeatable read read only')
    await client.query('set local statement_timeout = 0')
    await client.query("set local timezone = 'UTC'")
    const migrations = [...(await readApplied(client))]
    if (migrations.length === 0)
      throw new Error('this database was never migrated: there is nothing to back up')
    const manifest: Manifest = {
      format: 1,
      createdAt: new Date().toISOString(),
      version,
      postgresVersion: await readPostgresVersion(client),
      migrations,
      tables: await dumpTables(client, archive, onProgress),
      sequences: await readSequences(client),
    }
    await archive.add(manifestEntry, Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`))
    return manifest
  }
  return withClient(databaseUrl, write, authority)
}

async function dumpTables(
  client: Client,
  archive: ArchiveWriter,
  onProgress: DumpOptions['onProgress'],
): Promise<ArchivedTable[]> {
  const tables = await readTables(client)
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
  const { schema, name, columns } = table
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
  return { schema, name, columns, rows, bytes, sha256: hash.digest('hex') }
}

/** In the text format of `copy` a row is a line, and a line feed within a value is written as `\n`. */
export function countLines(content: Buffer): number {
  let lines = 0
  for (let at = content.indexOf(10); at !== -1; at = content.indexOf(10, at + 1)) lines += 1
  return lines
}
