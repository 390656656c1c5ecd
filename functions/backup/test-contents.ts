import { readFileSync, writeFileSync } from 'node:fs'
import { connectOwner } from '../shared/testing/database.ts'
import { readTables } from './catalog.ts'
import { tableName } from './manifest.ts'

/** Changes one bit in the middle of a file. */
export function flipByte(path: string): void {
  const bytes = readFileSync(path)
  const middle = Math.floor(bytes.length / 2)
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle)
  writeFileSync(path, bytes)
}

/** A hash over all rows of each table, whatever their order. */
export async function contentOf(ownerUrl: string): Promise<Readonly<Record<string, unknown>>> {
  const client = await connectOwner(ownerUrl)
  try {
    const content: Record<string, unknown> = {}
    for (const table of await readTables(client)) {
      const text = `select count(*)::int as rows, sum(hashtextextended(t::text, 0)::numeric) as hash from ${tableName(table)} t`
      content[tableName(table)] = (await client.query(text)).rows[0]
    }
    return content
  } finally {
    await client.end()
  }
}
