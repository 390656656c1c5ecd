import { createHash } from 'node:crypto'
import type { HttpContext } from './context.ts'
import { Problem } from './problem.ts'

/** A strong entity tag (RFC 9110, 8.8.3) over the exact bytes of a representation. */
export const entityTag = (body: string) =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`

const tagsOf = (header: string) => header.split(',').map(tag => tag.trim())

/** `If-None-Match` compares weakly (RFC 9110, 13.1.2): a proxy that compresses may have made the tag weak. */
export function isNotModified(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return tagsOf(ifNoneMatch).some(candidate => candidate === '*' || candidate.replace(/^W\//, '') === tag)
}

/** JSON with its entity tag, or 304 when the client has these bytes already. */
export function taggedJson(
  c: HttpContext,
  body: string,
  cacheControl: string,
  tag = entityTag(body),
): Response {
  const headers = { etag: tag, 'cache-control': cacheControl }
  if (isNotModified(c.req.header('if-none-match'), tag)) return c.body(null, 304, headers)
  return c.body(body, 200, { ...headers, 'content-type': 'application/json' })
}

/**
 * The tags of `If-Match`, for the use case to compare with the current one. Throws 428 where it is required and missing:
 * a change without it could overwrite what another client has just written (RFC 6585, 3).
 */
export function readIfMatch(c: HttpContext, rule: 'required' | 'optional'): readonly string[] | undefined {
  const header = c.req.header('if-match')
  if (header !== undefined) return tagsOf(header)
  if (rule === 'optional') return undefined
  throw new Problem('precondition_required', 'Send If-Match with the ETag of the version you are changing.')
}

/** Throws 412 when none of the tags of `If-Match` is the current one (strong comparison). */
export function assertMatch(ifMatch: readonly string[], currentTag: string): void {
  if (!ifMatch.includes('*') && !ifMatch.includes(currentTag)) throw preconditionFailed(currentTag, ifMatch)
}

/** `given`: the tags of the request. A weak one, as proxies that compress make it, matches nothing (RFC 9110, 13.1.1). */
export function preconditionFailed(currentTag: string, given: readonly string[]): Problem {
  const detail = given.some(tag => tag.startsWith('W/'))
    ? 'If-Match needs a strong ETag, and this one is weak: W/ was put before it on the way to you.'
    : 'It has changed since you read it.'
  return new Problem('precondition_failed', detail, { headers: { etag: currentTag } })
}
