import * as v from 'valibot'
import { Problem } from '../../shared/problems.ts'
import type { Idempotency, IdempotentRequest, KeptAnswers } from './queries.ts'

export type { IdempotentRequest }

export interface Replayable<Value> {
  readonly value: Value
  /** True when this is the answer of an earlier request with the same key. */
  readonly isReplay: boolean
}

/**
 * The kept answer, asked for before anything that depends on the present: whether the post still exists and takes
 * comments, how busy the renderer is. Undefined where `once` decides.
 */
export async function replayed<Value>(
  keptAnswers: KeptAnswers,
  request: Omit<IdempotentRequest, 'authorId'> | undefined,
  schema: v.GenericSchema<unknown, Value>,
): Promise<Replayable<Value> | undefined> {
  const answer = request && (await keptAnswers(request))
  return answer === undefined ? undefined : { value: v.parse(schema, answer), isReplay: true }
}

/**
 * Does `work` once per Idempotency-Key, in the transaction that keeps the answer: both are committed or neither.
 * Two at once queue on the key's row, and the second gets the first's answer.
 */
export async function once<Value extends object>(
  idempotency: Idempotency,
  request: IdempotentRequest | undefined,
  schema: v.GenericSchema<unknown, Value>,
  work: () => Promise<Value>,
): Promise<Replayable<Value>> {
  if (request === undefined) return { value: await work(), isReplay: false }
  const kept = await idempotency.begin(request)
  if (kept !== undefined) {
    if (!kept.isSame) throw keyReused()
    return { value: v.parse(schema, kept.answer), isReplay: true }
  }
  const value = await work()
  await idempotency.finish(request, value)
  return { value, isReplay: false }
}

const keyReused = () =>
  new Problem('idempotency_key_reused', 'This Idempotency-Key came with another request before.')
