import * as v from 'valibot'

const Count = v.pipe(v.number(), v.integer(), v.minValue(0))

/** One table's rows, as `copy … to stdout` writes them, in entries `data/<schema>.<table>/<part>.copy`. */
const Table = v.object({
  schema: v.string(),
  name: v.string(),
  /** In the order in which the rows have them; generated columns are left out. */
  columns: v.array(v.string()),
  /** Their types. Archives of earlier versions lack them. */
  types: v.optional(v.array(v.string())),
  rows: Count,
  bytes: Count,
  /** SHA-256 of all parts together, in hexadecimal. */
  sha256: v.string(),
})

/**
 * The last entry of an archive: an archive without it was cut off. Says what must be found in the others, and which
 * migrations the database had.
 */
export const Manifest = v.object({
  format: v.literal(1),
  createdAt: v.pipe(v.string(), v.isoTimestamp()),
  /** The application's version. */
  version: v.string(),
  /** `server_version_num` of the server that was read. */
  postgresVersion: Count,
  /** The applied migrations, in order. */
  migrations: v.array(v.object({ number: Count, name: v.string(), checksum: v.string() })),
  tables: v.array(Table),
  sequences: v.array(v.object({ schema: v.string(), name: v.string(), lastValue: v.string() })),
})
export type Manifest = v.InferOutput<typeof Manifest>
export type ArchivedTable = v.InferOutput<typeof Table>

export const manifestEntry = 'manifest.json'

export const tableName = ({ schema, name }: Pick<ArchivedTable, 'schema' | 'name'>): string =>
  `${schema}.${name}`

/** Parts are numbered, so that each has a size that is known before it is written. */
export const partEntry = (table: Pick<ArchivedTable, 'schema' | 'name'>, part: number): string =>
  `data/${tableName(table)}/${String(part).padStart(6, '0')}.copy`
