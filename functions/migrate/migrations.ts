import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

export interface Migration {
  readonly number: number
  /** `posts/0004-baseline` */
  readonly name: string
  /** The function whose schema it changes, or `migrate` for what concerns the whole database. */
  readonly owner: string
  readonly sql: string
  /** SHA-256 of the SQL. */
  readonly checksum: string
}

/**
 * Reads `OWNER/migrations/NNNN-verb-object.sql` below a folder. Each function keeps its own migrations, and the numbers
 * order them all in one sequence: 0001 to 0004 are the baseline, a new migration takes the next number.
 * Throws when two have the same number.
 */
export function readMigrations(folder: string): readonly Migration[] {
  const migrations = globSync('*/migrations/*.sql', { cwd: folder })
    .map(path => readMigration(folder, path))
    .sort((a, b) => a.number - b.number)
  for (const [index, { number, name }] of migrations.entries()) {
    const next = migrations[index + 1]
    if (next?.number !== number) continue
    const free = String((migrations.at(-1)?.number ?? 0) + 1).padStart(4, '0')
    throw new Error(`migrations ${name} and ${next.name} have the same number: ${free} is free`)
  }
  return migrations
}

function readMigration(folder: string, path: string): Migration {
  const [owner = ''] = path.split(/[\\/]/)
  const file = basename(path, '.sql')
  const number = Number(/^(\d{4})-[a-z0-9-]+$/.exec(file)?.[1])
  if (Number.isNaN(number)) throw new Error(`${path} is not named NNNN-verb-object.sql`)
  const sql = readFileSync(join(folder, path), 'utf8')
  return {
    number,
    name: `${owner}/${file}`,
    owner,
    sql,
    checksum: createHash('sha256').update(sql).digest('hex'),
  }
}

/** The functions that own a schema. */
export const schemaOwners = (migrations: readonly Migration[]): readonly string[] => [
  ...new Set(migrations.map(({ owner }) => owner).filter(owner => owner !== 'migrate')),
]
