import type { Queryable } from '../../shared/postgres/database.ts'

const batchSize = 1_000
/** A million rows; the next run deletes what is left. */
const maxBatches = 1_000

/** Each deletes a bounded batch, so that its locks are short; every table but the last two has an index for it. */
const statements = [
  ['sessions', `ended_at < now() - interval '30 days'`],
  ['sessions', `expires_at < now() - interval '30 days'`],
  ['revocations', `revoked_at < now() - interval '1 hour'`],
  ['attempts', `last_at < now() - interval '1 day'`],
  ['former_usernames', `held_until < now()`],
  ['events', `occurred_at < now() - interval '180 days'`],
  // At most two rows per account.
  ['email_tokens', `expires_at < now()`],
  ['email_budgets', `day < current_date`],
].map(([table, condition], index) => ({
  name: `delete_expired_${table}_${index}`,
  timeoutMs: 6_000,
  text: `with deleted as (
      delete from auth.${table} where ctid = any(array(
        select ctid from auth.${table} where ${condition} limit ${batchSize} for update skip locked
      ))
      returning 1
    )
    select count(*)::int as deleted from deleted`,
}))

/** Deletes the rows that no request can read any more, batch by batch until none is left. */
export async function deleteExpiredRows(db: Queryable): Promise<void> {
  for (const statement of statements) {
    for (let n = 0; n < maxBatches; n += 1) {
      const [result] = await db.query<{ readonly deleted: number }>(statement)
      if (result === undefined || result.deleted < batchSize) break
    }
  }
}
