import type { Database } from '../../shared/postgres/database.ts'

/** Each deletes a bounded number by an index; what is left is for the next time. */
const statements = [
  ['sessions', `ended_at < now() - interval '30 days'`],
  ['sessions', `expires_at < now() - interval '30 days'`],
  ['revocations', `revoked_at < now() - interval '1 hour'`],
  ['attempts', `last_at < now() - interval '1 day'`],
  ['former_usernames', `held_until < now()`],
  ['events', `occurred_at < now() - interval '180 days'`],
].map(([table, condition], index) => ({
  name: `clean_${table}_${index}`,
  timeoutMs: 6_000,
  text: `delete from auth.${table} where ctid = any(array(
    select ctid from auth.${table} where ${condition} limit 1000 for update skip locked
  ))`,
}))

/** Removes what nobody can ask for any more. */
export async function clean(database: Database): Promise<void> {
  for (const statement of statements) await database.query(statement)
}
