import { createHash } from 'node:crypto'
import type { Actor } from '../../shared/access-token.ts'
import type { HttpContext } from '../../shared/http/context.ts'
import { readParameters } from '../../shared/http/input.ts'
import type { IdempotentRequest } from '../idempotency/idempotency.ts'
import { IdempotencyHeader } from '../posts/schemas.ts'

/** The request as its Idempotency-Key names it; undefined without one. `authorId`: whose posts it writes to. */
export function idempotentRequest(
  c: HttpContext,
  { accountId }: Actor,
  input: unknown,
): Omit<IdempotentRequest, 'authorId'> | undefined {
  const header = c.req.header('idempotency-key')
  if (header === undefined) return undefined
  const { 'Idempotency-Key': key } = readParameters(IdempotencyHeader, { 'Idempotency-Key': header })
  if (key === undefined) return undefined
  const hash = createHash('sha256')
    .update(`${c.req.method} ${c.req.path}\n${JSON.stringify(input)}`)
    .digest()
  return { accountId, key, hash }
}
