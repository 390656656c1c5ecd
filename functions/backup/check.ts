import { createHash, type Hash } from 'node:crypto'
import * as v from 'valibot'
import type { ArchiveEntry } from './archive.ts'
import { countLines } from './dump.ts'
import { Manifest, manifestEntry, tableName } from './manifest.ts'

/** The content of an archive's entries for one table. */
interface Found {
  readonly hash: Hash
  rows: number
  bytes: number
}

const dataEntry = /^data\/(.+)\/\d+\.copy$/

/** The table of an entry, as `schema.table`; undefined of an entry that holds no rows. */
export const tableOf = (entry: string): string | undefined => dataEntry.exec(entry)?.[1]

/**
 * Reads the whole archive and compares its rows, bytes and hashes with its manifest, which it returns.
 * Throws where anything is missing, damaged or more than the manifest says.
 */
export async function checkArchive(entries: AsyncIterable<ArchiveEntry>): Promise<Manifest> {
  const found = new Map<string, Found>()
  let manifest: Manifest | undefined
  for await (const { name, content } of entries) {
    if (manifest !== undefined) throw new Error('the archive goes on after its manifest')
    const table = tableOf(name)
    if (table !== undefined) add(found, table, content)
    else if (name === manifestEntry) manifest = readManifest(content)
    else throw new Error(`the archive has an entry of no known kind: ${name}`)
  }
  if (manifest === undefined) throw new Error('the archive was cut off: it has no manifest')
  compare(manifest, found)
  return manifest
}

function readManifest(content: Buffer): Manifest {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), Manifest), content.toString())
  if (result.success) return result.output
  throw new Error('the archive is of a later version, or damaged: this one cannot read its manifest')
}

function add(found: Map<string, Found>, table: string, content: Buffer): void {
  const one = found.get(table) ?? { hash: createHash('sha256'), rows: 0, bytes: 0 }
  one.hash.update(content)
  one.rows += countLines(content)
  one.bytes += content.length
  found.set(table, one)
}

function compare(manifest: Manifest, found: Map<string, Found>): void {
  const empty = createHash('sha256').digest('hex')
  for (const table of manifest.tables) {
    const name = tableName(table)
    const { rows, bytes, hash } = found.get(name) ?? { rows: 0, bytes: 0, hash: undefined }
    const isSame =
      rows === table.rows && bytes === table.bytes && (hash?.digest('hex') ?? empty) === table.sha256
    if (!isSame) throw new Error(`the archive is damaged: ${name} has ${rows} rows of ${table.rows}`)
    found.delete(name)
  }
  for (const name of found.keys())
    throw new Error(`the archive has rows of ${name}, which its manifest lacks`)
}
