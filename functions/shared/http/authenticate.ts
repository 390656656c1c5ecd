import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Actor, VerifyAccessToken } from '../access-token.ts'
import { DomainError } from '../domain-error.ts'
import { Problem } from '../problems.ts'
import type { HttpContext, HttpEnv } from './context.ts'

/** RFC 6750, 3.1: no error code where no token came, or credentials of another scheme. */
const missing = () => new Problem('unauthenticated', 'Send an access token: `Authorization: Bearer …`.')

const scheme = /^Bearer(?: |$)/i
/** RFC 6750, 2.1, of which a JWT uses less (RFC 7515, 2): base64url without padding. */
const bearer = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i
/** Ours have about 450 characters; nothing longer is worth a signature check. */
const maxTokenLength = 2_048

async function actorFrom(header: string, verify: VerifyAccessToken): Promise<Actor> {
  if (!scheme.test(header)) throw missing()
  const token = bearer.exec(header)?.[1]
  const actor = token === undefined || token.length > maxTokenLength ? undefined : await verify(token)
  if (actor === undefined) throw new DomainError('invalid_token', {})
  return actor
}

/** The caller, by their access token; undefined where none was sent and none is needed. Throws 401. */
export async function authenticateRequest(
  c: HttpContext,
  verify: VerifyAccessToken,
  rule: 'optional' | 'required',
): Promise<Actor | undefined> {
  const header = c.req.header('authorization')
  if (header !== undefined) return actorFrom(header, verify)
  if (rule === 'required') throw missing()
  return undefined
}

export type Authenticate = MiddlewareHandler<HttpEnv>

/** Lets only callers with a good access token through. */
export const authenticate = (verify: VerifyAccessToken): Authenticate =>
  createMiddleware<HttpEnv>(async function authenticate(c, next) {
    const header = c.req.header('authorization')
    if (header === undefined) throw missing()
    c.set('actor', await actorFrom(header, verify))
    await next()
  })

/** Lets anyone through; a token that is sent must be good all the same. */
export const authenticateOptionally = (verify: VerifyAccessToken) =>
  createMiddleware<HttpEnv>(function authenticateOptionally(c, next) {
    const header = c.req.header('authorization')
    // Not async: most readers send no token, and each promise more is half a microsecond.
    if (header === undefined) return next()
    return actorFrom(header, verify).then(actor => {
      c.set('actor', actor)
      return next()
    })
  })
