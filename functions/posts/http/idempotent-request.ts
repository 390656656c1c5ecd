import { createHash } from 'node:crypto'
import type { Actor } from '../../shared/access-token.ts'
import type { HttpContext } from '../../shared/http/context.ts'
import { readParameters } from '../../shared/http/input.ts'
import type { KeyedRequest } from '../idempotency/queries.ts'
import { IdempotencyHeader } from '../idempotency/schemas.ts'

/** The request under its Idempotency-Key; undefined without one. */
export function idempotentRequest(
  c: HttpContext,
  { accountId }: Actor,
  input: unknown,
): KeyedRequest | undefined {
  const header = c.req.header('idempotency-key')
  if (header === undefined) return undefined
  const { 'Idempotency-Key': key } = readParameters(IdempotencyHeader, { 'Idempotency-Key': header })
  if (key === undefined) return undefined
  const hash = createHash('sha256')
    .update(`${c.req.method} ${c.req.path}\n${JSON.stringify(input)}`)
    .digest()
  return { accountId, key, hash }
}
