/**
 * A named statement is parsed and planned once per connection, and kept there: about 100 kB of Postgres' memory. So a
 * text that a request can vary has the name '', which is none, but for the few variants that most requests ask for.
 */
export interface Statement {
  /** For people who read pg_stat_activity or a log: what Postgres knows it by is made from the text too. */
  readonly name: string
  readonly text: string
  /** For one that works on many rows, which then has a transaction; others have 1.8 s. */
  readonly timeoutMs?: number
  /** For a write that changes nothing when it is done twice: tried once more if its connection is lost. */
  readonly isIdempotent?: boolean
}

export type Parameter =
  | string
  | number
  | boolean
  | Date
  | Buffer
  | null
  | undefined
  | readonly (string | number)[]

export interface Queryable {
  /** Rows of the statement. `Row` is the caller's word for its columns: a statement and its row type stand together. */
  query<Row>(statement: Statement, parameters?: readonly Parameter[]): Promise<readonly Row[]>
}
