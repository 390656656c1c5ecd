import type { Database } from '../../shared/postgres/database.ts'

const batch = 1_000
/** A million rows; what is left then is for the next time. */
const maxBatches = 1_000

/** Each deletes a bounded number, so that nobody waits for the rows; all but the last find theirs by an index. */
const statements = [
  ['sessions', `ended_at < now() - interval '30 days'`],
  ['sessions', `expires_at < now() - interval '30 days'`],
  ['revocations', `revoked_at < now() - interval '1 hour'`],
  ['attempts', `last_at < now() - interval '1 day'`],
  ['former_usernames', `held_until < now()`],
  ['events', `occurred_at < now() - interval '180 days'`],
  // At most two of an account.
  ['email_tokens', `expires_at < now()`],
  ['email_budgets', `day < current_date`],
].map(([table, condition], index) => ({
  name: `clean_${table}_${index}`,
  timeoutMs: 6_000,
  text: `with gone as (
      delete from auth.${table} where ctid = any(array(
        select ctid from auth.${table} where ${condition} limit ${batch} for update skip locked
      ))
      returning 1
    )
    select count(*)::int as gone from gone`,
}))

/** Removes what nobody can ask for any more, as fast as it arose: batch after batch until nothing is left. */
export async function clean(database: Database): Promise<void> {
  for (const statement of statements) {
    for (let n = 0; n < maxBatches; n += 1) {
      const [row] = await database.query<{ readonly gone: number }>(statement)
      if (row === undefined || row.gone < batch) break
    }
  }
}
