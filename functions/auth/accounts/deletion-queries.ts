import type { AccountId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'

/** A batch of either takes about 0.3 s. */
const followsBatch = 10_000
const eventsBatch = 50_000

const eraseFollowsStatement = {
  name: 'erase_follows',
  timeoutMs: 6_000,
  text: `select profile.erase_follows($1::uuid, $2::int) as erased`,
}

/** Every sign-in is an event, so a program that signs in once a minute has a quarter of a million of them. */
const eraseEventsStatement = {
  name: 'erase_events',
  timeoutMs: 6_000,
  text: `with gone as (
      delete from auth.events where id = any(array(
        select id from auth.events where account_id = $1::uuid limit $2::int
      ))
      returning 1
    )
    select count(*)::int as erased from gone`,
}

const continueErasuresStatement = {
  name: 'continue_erasures',
  timeoutMs: 6_000,
  text: `select posts.continue_erasures() as erased`,
}

/** Posts hold no foreign key to the account; what is left of its rows in profile and auth cascades. */
const eraseAuthor = {
  name: 'erase_author',
  timeoutMs: 6_000,
  text: `select posts.erase_author($1::uuid, $2::text)`,
}

const lockStatement = {
  name: 'lock_account_for_deletion',
  text: `select id from auth.accounts where id = $1::uuid for update`,
}

const deleteStatement = {
  name: 'delete_account',
  timeoutMs: 6_000,
  text: `delete from auth.accounts where id = $1::uuid returning username_key as "usernameKey"`,
}

/** Anyone who registered the username immediately would be mistaken for its last owner. */
const holdUsername = {
  name: 'hold_username',
  text: `insert into auth.former_usernames as former (username_key, account_id, held_until)
    values ($1::text, null, now() + make_interval(days => $2::int))
    on conflict (username_key) do update set account_id = null, held_until = excluded.held_until`,
}

/**
 * Waits for every writer on behalf of the account, who holds its key share lock (auth.require_account), before anything
 * is erased: a follow in progress would wait for the counters that a batch has locked, and the batch for the follow.
 */
export async function lockForDeletion(tx: Queryable, { id }: { readonly id: AccountId }): Promise<void> {
  await tx.query(lockStatement, [id])
}

/** Erases one batch of the account's followers and followings; returns false while more may be left. */
export async function eraseFollows(tx: Queryable, { id }: { readonly id: AccountId }): Promise<boolean> {
  const parameters = [id, followsBatch]
  const [result] = await tx.query<{ readonly erased: number }>(eraseFollowsStatement, parameters)
  return (result?.erased ?? 0) < followsBatch
}

/** Erases one batch of the account's security events; returns false while more may be left. */
export async function eraseEvents(tx: Queryable, { id }: { readonly id: AccountId }): Promise<boolean> {
  const [result] = await tx.query<{ readonly erased: number }>(eraseEventsStatement, [id, eventsBatch])
  return (result?.erased ?? 0) < eventsBatch
}

/** Erases what deleted accounts have left in posts, batch by batch until nothing is left. */
export async function finishErasures(db: Queryable): Promise<void> {
  for (;;) {
    const [result] = await db.query<{ readonly erased: number }>(continueErasuresStatement)
    if (!result?.erased) return
  }
}

export interface AccountErasure {
  readonly id: AccountId
  /** Decides about the account's posts and comments. */
  readonly posts: 'delete' | 'anonymise'
  readonly usernameHoldDays: number
}

/** Deletes the locked account, begins to erase its posts, and holds its username. */
export async function eraseAccount(
  tx: Queryable,
  { id, posts, usernameHoldDays }: AccountErasure,
): Promise<void> {
  await tx.query(eraseAuthor, [id, posts])
  const [deleted] = await tx.query<{ readonly usernameKey: string }>(deleteStatement, [id])
  if (deleted !== undefined) await tx.query(holdUsername, [deleted.usernameKey, usernameHoldDays])
}
