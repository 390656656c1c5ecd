import type { AccountId } from '../../shared/ids.ts'
import type { Database, Queryable } from '../../shared/postgres/database.ts'

/** A request that may come twice: whose it is, where what it does is written, and what it says. */
export interface IdempotentRequest {
  readonly authorId: AccountId
  readonly accountId: AccountId
  readonly key: string
  readonly hash: Buffer
}

interface Kept {
  readonly isSame: boolean
  readonly answer: unknown
}

/** Waits for another transaction that has just written the same key; then there is no row to insert. */
const insertKey = {
  name: 'insert_idempotency_key',
  text: `insert into posts.idempotency_keys as kept (author_id, account_id, key, request_hash)
    values ($1::uuid, $2::uuid, $3::text, $4::bytea)
    on conflict (author_id, account_id, key) do update
      set request_hash = excluded.request_hash, answer = null, created_at = excluded.created_at
      where kept.created_at < now() - interval '24 hours'
    returning key`,
}

const selectKey = {
  name: 'select_idempotency_key',
  text: `select request_hash = $4::bytea as "isSame", answer from posts.idempotency_keys
    where author_id = $1::uuid and account_id = $2::uuid and key = $3::text`,
}

/** By the account alone, wherever it is: the post that a comment was written to may be gone, and with it whose it was. */
const selectAnswer = {
  name: 'select_kept_answer',
  text: `select answer from posts.idempotency_keys
    where account_id = $1::uuid and key = $2::text and request_hash = $3::bytea and answer is not null
      and created_at >= now() - interval '24 hours'`,
}

const updateAnswer = {
  name: 'update_idempotency_answer',
  text: `update posts.idempotency_keys set answer = $4::jsonb
    where author_id = $1::uuid and account_id = $2::uuid and key = $3::text`,
}

/** A few at a time, so that no request pays for many. */
export const deleteExpiredKeys = {
  name: 'delete_expired_idempotency_keys',
  text: `delete from posts.idempotency_keys kept
    using (
      select author_id, account_id, key from posts.idempotency_keys
      where created_at < now() - interval '24 hours'
      order by created_at limit 20
      for update skip locked
    ) expired
    where (kept.author_id, kept.account_id, kept.key) = (expired.author_id, expired.account_id, expired.key)`,
}

export const idempotency = (on: Queryable) => ({
  /** Undefined when the request is the first of its key; otherwise what was kept of the first. */
  async begin({ authorId, accountId, key, hash }: IdempotentRequest): Promise<Kept | undefined> {
    const parameters = [authorId, accountId, key, hash]
    const inserted = await on.query(insertKey, parameters)
    if (inserted.length === 1) return undefined
    return (await on.query<Kept>(selectKey, parameters))[0]
  },

  async finish({ authorId, accountId, key }: IdempotentRequest, answer: object): Promise<void> {
    await on.query(updateAnswer, [authorId, accountId, key, JSON.stringify(answer)])
  },
})

/** Undefined where no answer to the very same request is kept. */
export const createKeptAnswers =
  (database: Database) =>
  async ({ accountId, key, hash }: Omit<IdempotentRequest, 'authorId'>): Promise<unknown> =>
    (await database.query<{ answer: unknown }>(selectAnswer, [accountId, key, hash]))[0]?.answer

export type KeptAnswers = ReturnType<typeof createKeptAnswers>

export type Idempotency = ReturnType<typeof idempotency>
