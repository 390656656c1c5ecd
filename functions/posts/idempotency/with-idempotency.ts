import * as v from 'valibot'
import { DomainError } from '../../shared/domain-error.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import {
  type FormerRequest,
  findFormer,
  insertRequest,
  type KeyedRequest,
  recordResponse,
} from './queries.ts'

export type { KeyedRequest }

export interface Replayable<Value> {
  readonly value: Value
  /** True for the response of an earlier request with the same key. */
  readonly isReplay: boolean
}

interface Replay<Value> {
  /** Undefined for a request without an Idempotency-Key. */
  readonly request: KeyedRequest | undefined
  readonly schema: v.GenericSchema<unknown, Value>
}

/**
 * The stored response. Looked up before anything that may have changed since: whether the post still exists and accepts
 * comments, how busy the renderer is. Undefined where `withIdempotency` decides. Throws where the key was used for something
 * else.
 */
export async function findReplay<Value>(
  db: Queryable,
  { request, schema }: Replay<Value>,
): Promise<Replayable<Value> | undefined> {
  const former = request && (await findFormer(db, request))
  return former && replayOf(former, schema)
}

function replayOf<Value>(
  { isSame, response }: FormerRequest,
  schema: v.GenericSchema<unknown, Value>,
): Replayable<Value> {
  if (!isSame) throw new DomainError('idempotency_key_reused', {})
  return { value: v.parse(schema, response), isReplay: true }
}

/**
 * Performs `work` once per Idempotency-Key and author of the post, in the transaction that stores its response: both are committed, or neither.
 * Of two concurrent requests the second waits on the row of the key and receives the response of the first.
 */
export async function withIdempotency<Value extends object>(
  tx: Queryable,
  { request, authorId, schema }: Replay<Value> & { readonly authorId: AccountId },
  work: () => Promise<Value>,
): Promise<Replayable<Value>> {
  if (request === undefined) return { value: await work(), isReplay: false }
  const placed = { ...request, authorId }
  const former = await insertRequest(tx, placed)
  if (former !== undefined) return replayOf(former, schema)
  const value = await work()
  await recordResponse(tx, placed, value)
  return { value, isReplay: false }
}
