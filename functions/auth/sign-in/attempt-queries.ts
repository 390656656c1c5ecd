import type { Queryable } from '../../shared/postgres/database.ts'

/** The attempts of a subject as they were read, in times relative to the clock of the store. */
export interface StoredAttempts {
  readonly count: number
  readonly secondsSinceLast: number
  readonly waitSeconds: number
  /** The time of the last attempt, as the store writes it. */
  readonly version: string
}

export interface AttemptRecord {
  readonly subjectHash: Buffer
  /** Recorded only while the store holds this, or nothing. */
  readonly previous: StoredAttempts | undefined
  readonly attempt: { readonly count: number; readonly waitSeconds: number }
}

/** `clock_timestamp()`, since `now()` may be before a record that this statement already sees. */
const selectAttempts = {
  name: 'select_attempts',
  text: `select tries as count, last_at::text as version,
      extract(epoch from clock_timestamp() - last_at)::float8 as "secondsSinceLast",
      extract(epoch from open_at - clock_timestamp())::float8 as "waitSeconds"
    from auth.attempts where subject = $1::bytea`,
}

const insertAttempt = {
  name: 'insert_attempt',
  text: `insert into auth.attempts (subject, tries, open_at, last_at)
    values ($1::bytea, $2::int, now() + make_interval(secs => $3::int), now())
    on conflict (subject) do nothing
    returning subject`,
}

const updateAttempts = {
  name: 'update_attempts',
  text: `update auth.attempts set tries = $2::int, open_at = now() + make_interval(secs => $3::int), last_at = now()
    where subject = $1::bytea and tries = $4::int and last_at = $5::text::timestamptz
    returning subject`,
}

const deleteStatement = {
  name: 'delete_attempts',
  text: `delete from auth.attempts where subject = $1::bytea`,
}

export async function findAttempts(db: Queryable, subjectHash: Buffer): Promise<StoredAttempts | undefined> {
  const [attempts] = await db.query<StoredAttempts>(selectAttempts, [subjectHash])
  return attempts
}

/** Returns false if the attempts have changed since they were read. */
export async function recordAttempt(
  db: Queryable,
  { subjectHash, previous, attempt }: AttemptRecord,
): Promise<boolean> {
  const next = [subjectHash, attempt.count, attempt.waitSeconds]
  const recorded =
    previous === undefined
      ? await db.query(insertAttempt, next)
      : await db.query(updateAttempts, [...next, previous.count, previous.version])
  return recorded.length > 0
}

export const deleteAttempts = (db: Queryable, { subjectHash }: Pick<AttemptRecord, 'subjectHash'>) =>
  db.query(deleteStatement, [subjectHash])
