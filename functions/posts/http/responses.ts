import type { MiddlewareHandler } from 'hono'
import type { Authenticate } from '../../shared/http/authenticate.ts'
import type { HttpContext, HttpEnv } from '../../shared/http/context.ts'
import { isNotModified } from '../../shared/http/entity-tag.ts'
import { keepAnswer } from '../../shared/http/recent-answers.ts'
import type { LimitName } from '../limits.ts'
import type { PageDocument } from '../posts/documents.ts'

export interface Guards {
  readonly required: Authenticate
  readonly optional: Authenticate
  /** Behind `required`. */
  readonly limit: (name: LimitName) => MiddlewareHandler<HttpEnv>
}

/** Kept by browsers and proxies, asked about each time, and shown while we are away. */
export const publicCacheControl = 'public, max-age=0, stale-if-error=3600'
export const privateCacheControl = 'private, no-store'

export interface Answerable {
  readonly document: Pick<PageDocument, 'text' | 'tag' | 'moved'>
  readonly isPublic: boolean
  /** Set where it stands in for what cannot be read right now. */
  readonly staleAgeMs: number | undefined
}

/** What was written before, with its entity tag; 304 when the client has these bytes already. */
export function answer(
  c: HttpContext,
  { document, isPublic, staleAgeMs }: Answerable,
  contentType = 'application/json',
): Response {
  if (document.moved !== undefined) return movedList(c, document.moved)
  const cacheControl = isPublic ? publicCacheControl : privateCacheControl
  const headers: Record<string, string> = { etag: document.tag, 'cache-control': cacheControl }
  if (staleAgeMs !== undefined) headers['age'] = String(Math.ceil(staleAgeMs / 1_000))
  if (isPublic) keepAnswer(c, document.text, contentType)
  if (isNotModified(c.req.header('if-none-match'), document.tag)) return c.body(null, 304, headers)
  headers['content-type'] = contentType
  return c.body(document.text, 200, headers)
}

export const postPath = (slug: string): string => `/posts/${encodeURIComponent(slug)}`

/** 308 keeps the method (RFC 9110, 15.4.9), so that what is asked of the old address is asked of the new one. */
export function moved(c: HttpContext, slug: string, isPublic: boolean): Response {
  const { pathname, search } = new URL(c.req.url)
  const rest = pathname.split('/').slice(3)
  const location = [postPath(slug), ...rest].join('/') + search
  return c.body(null, 308, { location, 'cache-control': isPublic ? publicCacheControl : privateCacheControl })
}

/** The same list under the present names of those it is of. */
function movedList(c: HttpContext, names: Readonly<Record<string, string>>): Response {
  const { pathname, searchParams } = new URL(c.req.url)
  for (const [name, username] of Object.entries(names)) searchParams.set(name, username)
  return c.body(null, 308, { location: `${pathname}?${searchParams}`, 'cache-control': publicCacheControl })
}
