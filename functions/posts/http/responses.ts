import type { HttpContext } from '../../shared/http/context.ts'
import { findMatch } from '../../shared/http/entity-tag.ts'
import { redirectToPresentName } from '../../shared/http/redirect.ts'
import { storeResponse } from '../../shared/http/response-cache.ts'
import type { PageDocument } from '../posts/documents.ts'

/** Stored by browsers and proxies, revalidated at each use, and shown for an hour while the API is unavailable. */
export const publicCacheControl = 'public, max-age=0, stale-if-error=3600'
export const privateCacheControl = 'private, no-store'

interface Representation {
  readonly document: PageDocument
  readonly isPublic: boolean
  /** Set while the database is unavailable: the age of the document. */
  readonly staleAgeMs: number | undefined
}

/** A document with its entity tag, or 304 if the client has it already. */
export function respondWithDocument(
  c: HttpContext,
  { document, isPublic, staleAgeMs }: Representation,
  contentType = 'application/json',
): Response {
  if (document.moved !== undefined) return redirectToList(c, document.moved)
  const cacheControl = isPublic ? publicCacheControl : privateCacheControl
  const headers: Record<string, string> = { etag: document.tag, 'cache-control': cacheControl }
  if (staleAgeMs !== undefined) headers['age'] = String(Math.ceil(staleAgeMs / 1_000))
  if (isPublic) storeResponse(c, document.text, contentType)
  const match = findMatch(c.req.header('if-none-match'), document.tag)
  if (match !== undefined) return c.body(null, 304, { ...headers, etag: match })
  headers['content-type'] = contentType
  return c.body(document.text, 200, headers)
}

export const postPath = (slug: string): string => `/posts/${encodeURIComponent(slug)}`

export const redirectToSlug = (c: HttpContext, slug: string, isPublic: boolean): Response =>
  redirectToPresentName(c, slug, isPublic ? publicCacheControl : privateCacheControl)

/** The same list under the present usernames. */
function redirectToList(c: HttpContext, names: Readonly<Record<string, string>>): Response {
  const { pathname, searchParams } = new URL(c.req.url)
  for (const [name, username] of Object.entries(names)) searchParams.set(name, username)
  return c.body(null, 308, { location: `${pathname}?${searchParams}`, 'cache-control': publicCacheControl })
}
