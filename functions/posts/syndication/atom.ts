import type { Dependencies } from '../dependencies.ts'
import { cachedPage, type Page } from '../lists/cached-page.ts'
import type { ListFilters } from '../lists/list-request.ts'
import { movedPage } from '../lists/moved-authors.ts'
import { maxPageBytes } from '../lists/page.ts'
import { findPage, type PagedRow } from '../lists/queries.ts'
import { toTextDocument } from '../posts/documents.ts'
import { escapeHtml } from '../search/highlights.ts'

const feedLength = 20

interface AtomRequest {
  /** With the query in one form, however it was sent: the feed names it as its own address. */
  readonly path: string
  readonly filters: ListFilters
}

/** The newest public posts as an Atom feed (RFC 4287), also of one tag or one author. */
export const readAtomFeed = (
  { readDb: db, postCache, siteUrl }: Pick<Dependencies, 'readDb' | 'postCache' | 'siteUrl'>,
  { path, filters }: AtomRequest,
): Promise<Page> =>
  cachedPage(postCache, { key: `atom:${path}` }, async () => {
    const rows = await findPage(db, {
      filters,
      order: 'newest',
      fields: ['summary', 'excerpt', 'html'],
      limit: feedLength,
      after: undefined,
      withTotal: false,
    })
    const moved = rows.length === 0 ? await movedPage(db, filters) : undefined
    return moved ?? toTextDocument(toFeed(rows, siteUrl, path))
  })

function toFeed(rows: readonly PagedRow[], siteUrl: string, path: string): string {
  const self = escapeHtml(`${siteUrl}${path}`)
  const updated = rows.reduce((latest, row) => Math.max(latest, changedAt(row).getTime()), 0)
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${self}</id><title>${escapeHtml(new URL(siteUrl).host)}</title><updated>${new Date(updated).toISOString()}</updated>
<link rel="self" href="${self}"/>
${toEntries(rows, siteUrl).join('\n')}
</feed>
`
}

/** Entries have the whole text as long as that fits in the document, then only summary and link. */
function toEntries(rows: readonly PagedRow[], siteUrl: string): readonly string[] {
  let bytes = 0
  let isFull = false
  return rows.map(row => {
    const short = toEntry(row, escapeHtml(`${siteUrl}/posts/${row.slug}`))
    const content = isFull ? '' : contentOf(row, maxPageBytes - bytes - short.length)
    isFull = content === ''
    const text = `${short}${content}</entry>`
    bytes += Buffer.byteLength(text)
    return text
  })
}

/** For readers a scheduled post changes when it appears, which is after its author last changed it. */
const changedAt = ({ updatedAt, publishedAt }: Pick<PagedRow, 'updatedAt' | 'publishedAt'>): Date =>
  publishedAt !== null && publishedAt > updatedAt ? publishedAt : updatedAt

function toEntry(row: PagedRow, link: string): string {
  const { id, title, username, displayName, summary, excerpt, tags, publishedAt } = row
  return `<entry><id>urn:uuid:${id}</id><title>${escapeHtml(title)}</title><link href="${link}"/>
<author><name>${escapeHtml(displayName ?? username)}</name></author>
<published>${publishedAt?.toISOString()}</published><updated>${changedAt(row).toISOString()}</updated>
${tags.map(tag => `<category term="${escapeHtml(tag)}"/>`).join('')}
<summary>${escapeHtml(summary ?? excerpt ?? '')}</summary>
`
}

/** Empty if it would be longer than `maxBytes`. */
function contentOf({ html }: PagedRow, maxBytes: number): string {
  // Escaping only lengthens it.
  if (!html || html.length > maxBytes) return ''
  const content = `<content type="html">${escapeHtml(html)}</content>`
  return Buffer.byteLength(content) > maxBytes ? '' : content
}
