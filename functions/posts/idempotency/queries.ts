import type { AccountId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { sharesAccount } from '../posts/post-columns.ts'

/** A request with an Idempotency-Key. */
export interface KeyedRequest {
  readonly accountId: AccountId
  readonly key: string
  /** Of method, path and body. */
  readonly hash: Buffer
}

/** A keyed request and the author whose posts it writes to: that author's partition stores the response. */
export interface PlacedRequest extends KeyedRequest {
  readonly authorId: AccountId
}

export interface FormerRequest {
  readonly isSame: boolean
  readonly response: unknown
}

/** Waits for a concurrent transaction with the same key and inserts nothing after its commit. */
const insertKey = {
  name: 'insert_idempotency_key',
  text: `insert into posts.idempotency_keys as former (author_id, account_id, key, request_hash)
    select $1::uuid, $2::uuid, $3::text, $4::bytea where ${sharesAccount('$2')}
    on conflict (author_id, account_id, key) do update
      set request_hash = excluded.request_hash, answer = null, created_at = excluded.created_at
      where former.created_at < now() - interval '24 hours'
    returning key`,
}

/** By account alone, in any partition: the commented post may be deleted, and its author unknown. */
const selectFormer = {
  name: 'select_former_request',
  text: `select request_hash = $3::bytea as "isSame", answer as response from posts.idempotency_keys
    where account_id = $1::uuid and key = $2::text and answer is not null
      and created_at >= now() - interval '24 hours'
    order by request_hash = $3::bytea desc limit 1`,
}

const updateResponse = {
  name: 'update_idempotent_response',
  text: `update posts.idempotency_keys set answer = $4::jsonb
    where author_id = $1::uuid and account_id = $2::uuid and key = $3::text`,
}

/** A few at a time, so that no request pays for many. */
const deleteKeys = {
  name: 'delete_expired_idempotency_keys',
  text: `delete from posts.idempotency_keys former
    using (
      select author_id, account_id, key from posts.idempotency_keys
      where created_at < now() - interval '24 hours'
      order by created_at limit 20
      for update skip locked
    ) expired
    where (former.author_id, former.account_id, former.key) = (expired.author_id, expired.account_id, expired.key)`,
}

/** Undefined if the request is the first with its key; otherwise what is stored of the first. */
export async function insertRequest(
  tx: Queryable,
  { authorId, accountId, key, hash }: PlacedRequest,
): Promise<FormerRequest | undefined> {
  const inserted = await tx.query(insertKey, [authorId, accountId, key, hash])
  return inserted.length === 1 ? undefined : findFormer(tx, { accountId, key, hash })
}

export async function recordResponse(
  tx: Queryable,
  { authorId, accountId, key }: PlacedRequest,
  response: object,
): Promise<void> {
  await tx.query(updateResponse, [authorId, accountId, key, JSON.stringify(response)])
}

/** Undefined unless the response to a request with this key is stored; the very same request comes before others. */
export async function findFormer(
  db: Queryable,
  { accountId, key, hash }: KeyedRequest,
): Promise<FormerRequest | undefined> {
  return (await db.query<FormerRequest>(selectFormer, [accountId, key, hash]))[0]
}

export async function deleteExpiredKeys(db: Queryable): Promise<void> {
  await db.query(deleteKeys)
}
