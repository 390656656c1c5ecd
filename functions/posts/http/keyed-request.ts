import { createHash } from 'node:crypto'
import type { Actor } from '../../shared/access-token.ts'
import type { HttpContext } from '../../shared/http/context.ts'
import type { IdempotencyHeader } from '../idempotency/schemas.ts'
import type { KeyedRequest } from '../idempotency/with-idempotency.ts'

interface Received {
  readonly actor: Actor
  readonly headers: IdempotencyHeader
  readonly body: unknown
}

/** The request under its Idempotency-Key; undefined without one. */
export function keyedRequest(c: HttpContext, { actor, headers, body }: Received): KeyedRequest | undefined {
  const key = headers['Idempotency-Key']
  if (key === undefined) return undefined
  const hash = createHash('sha256')
    .update(`${c.req.method} ${c.req.path}\n${JSON.stringify(body)}`)
    .digest()
  return { accountId: actor.accountId, key, hash }
}
