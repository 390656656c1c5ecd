import type { Actor, VerifyAccessToken } from '../access-token.ts'
import { DomainError } from '../domain-error.ts'
import type { HttpContext } from './context.ts'
import { Problem } from './problem.ts'

/** RFC 6750, 3.1: no error code without a token, or with credentials of another scheme. */
const unauthenticated = () =>
  new Problem('unauthenticated', 'Send an access token: `Authorization: Bearer …`.')

const scheme = /^Bearer(?: |$)/i
/** RFC 6750, 2.1, reduced to what a JWT uses (RFC 7515, 2): base64url without padding. */
const bearer = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i
/** Our tokens have about 450 characters; a longer one is not worth a signature check. */
const maxTokenLength = 2_048

/** Returns the caller by their access token; undefined where none was sent and none is required. Throws 401. */
export async function authenticateRequest(
  c: HttpContext,
  verify: VerifyAccessToken,
  rule: 'optional' | 'required',
): Promise<Actor | undefined> {
  const header = c.req.header('authorization')
  if (header === undefined && rule === 'optional') return undefined
  if (header === undefined || !scheme.test(header)) throw unauthenticated()
  const token = bearer.exec(header)?.[1]
  const actor = token === undefined || token.length > maxTokenLength ? undefined : await verify(token)
  if (actor === undefined) throw new DomainError('invalid_token', {})
  return actor
}
