import type { Queryable } from '../../shared/postgres/database.ts'

export interface CountedAttempt {
  readonly subjectHash: Buffer
  /** Seconds to wait after the first attempt, the second, and so on; the last element holds for all later ones. */
  readonly waitSeconds: readonly number[]
  readonly forgetAfterSeconds: number
}

/**
 * One statement, whose row lock makes reading and counting one step. No row is returned while the subject has to wait.
 * Without a wait `open_at` is -infinity, and not now(): a transaction that began earlier must pass too.
 */
const countStatement = {
  name: 'count_attempt',
  text: `insert into auth.attempts as attempt (subject, tries, open_at, last_at)
    values ($1::bytea, 1,
      case when ($2::int[])[1] > 0 then now() + make_interval(secs => ($2::int[])[1]) else '-infinity' end, now())
    on conflict (subject) do update set (tries, open_at, last_at) = (
      select attempts, case when wait > 0 then now() + make_interval(secs => wait) else '-infinity' end, now()
      from (select case when attempt.last_at < now() - make_interval(secs => $3::int) then 1
          else attempt.tries + 1 end as attempts) as counted,
        lateral (select ($2::int[])[least(attempts, cardinality($2::int[]))] as wait) as scheduled
    )
    where attempt.open_at <= now()
    returning subject`,
}

const selectWait = {
  name: 'select_attempt_wait',
  text: `select extract(epoch from open_at - now())::float8 as seconds from auth.attempts where subject = $1::bytea`,
}

const deleteStatement = {
  name: 'delete_attempts',
  text: `delete from auth.attempts where subject = $1::bytea`,
}

/** Counts an attempt and returns 0, or returns the seconds to wait. */
export async function countAttempt(
  db: Queryable,
  { subjectHash, waitSeconds, forgetAfterSeconds }: CountedAttempt,
): Promise<number> {
  const parameters = [subjectHash, waitSeconds, forgetAfterSeconds]
  const [counted] = await db.query(countStatement, parameters)
  if (counted !== undefined) return 0
  const [wait] = await db.query<{ readonly seconds: number }>(selectWait, [subjectHash])
  return Math.max(1, Math.ceil(wait?.seconds ?? 1))
}

export const deleteAttempts = (db: Queryable, { subjectHash }: Pick<CountedAttempt, 'subjectHash'>) =>
  db.query(deleteStatement, [subjectHash])
