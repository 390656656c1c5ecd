import { createHash } from 'node:crypto'
import { type ContentCoding, contentCodings } from './content-coding.ts'
import type { HttpContext } from './context.ts'
import { Problem } from './problem.ts'

/** A strong entity tag (RFC 9110, 8.8.3) over the exact bytes of a representation. */
export const entityTag = (body: string | Uint8Array) =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`

/** A tag may have commas in its quotes (RFC 9110, 8.8.3). */
const tagsOf = (header: string) => (header.match(/(?:[^,"]|"[^"]*"?)+/g) ?? []).map(tag => tag.trim())

/** `+` is in no other part of a tag. */
const codingInTag = new RegExp(`\\+(?:${contentCodings.join('|')})"$`)
/** The tag of a representation as it is, whichever content coding the given one names. */
export const withoutCoding = (tag: string) => tag.replace(codingInTag, '"')

/** The tag of a representation in a content coding, whose bytes are others. */
export const codedTag = (tag: string, coding: ContentCoding) => `${tag.slice(0, -1)}+${coding}"`

/**
 * Returns the tag of `If-None-Match` that names this representation, in whichever content coding, for the ETag of the 304:
 * by it the client finds what it has stored. Compares weakly (RFC 9110, 13.1.2): a proxy that compresses may have made
 * the tag weak.
 */
export function findMatch(ifNoneMatch: string | undefined, tag: string): string | undefined {
  for (const candidate of ifNoneMatch === undefined ? [] : tagsOf(ifNoneMatch)) {
    const strong = candidate.replace(/^W\//, '')
    if (strong === '*') return tag
    if (withoutCoding(strong) === tag) return strong
  }
  return undefined
}

/** Responds with JSON and its entity tag, or with 304 if the client has these bytes already. */
export function taggedJson(
  c: HttpContext,
  body: string,
  cacheControl: string,
  tag = entityTag(body),
): Response {
  const headers = { etag: tag, 'cache-control': cacheControl }
  const match = findMatch(c.req.header('if-none-match'), tag)
  if (match !== undefined) return c.body(null, 304, { ...headers, etag: match })
  return c.body(body, 200, { ...headers, 'content-type': 'application/json' })
}

/**
 * Returns the tags of `If-Match`, without content codings: what is changed is the same in each. Throws 428 where it is
 * required and missing: a change without it could overwrite what another client has just written (RFC 6585, 3).
 */
export function readIfMatch(c: HttpContext, rule: 'required' | 'optional'): readonly string[] | undefined {
  const header = c.req.header('if-match')
  if (header !== undefined) return tagsOf(header).map(withoutCoding)
  if (rule === 'optional') return undefined
  throw new Problem('precondition_required', 'Send If-Match with the ETag of the version you are changing.')
}

/** Throws 412 if none of the tags of `If-Match` is the current one (strong comparison). */
export function assertMatch(ifMatch: readonly string[], currentTag: string): void {
  if (!ifMatch.includes('*') && !ifMatch.includes(currentTag)) throw preconditionFailed(currentTag, ifMatch)
}

/** `given`: the tags of the request. A weak one, as a compressing proxy makes it, never matches (RFC 9110, 13.1.1). */
export function preconditionFailed(currentTag: string, given: readonly string[]): Problem {
  const detail = given.some(tag => tag.startsWith('W/'))
    ? 'If-Match requires a strong ETag, and this one is weak (W/): an intermediary has changed it.'
    : 'The resource has changed since you read it.'
  return new Problem('precondition_failed', detail, { headers: { etag: currentTag } })
}
