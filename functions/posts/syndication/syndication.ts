import type { AgedPage, ListOf } from '../lists/lists.ts'
import { movedPage } from '../lists/moved-authors.ts'
import { maxPageBytes } from '../lists/pages.ts'
import type { ListStore, PagedRow } from '../lists/queries.ts'
import type { UsernameMoves } from '../lists/username-move-queries.ts'
import { PageDocument, toTextDocument } from '../posts/documents.ts'
import type { PublicRead, PublicReads } from '../posts/post-cache.ts'
import { staleAgeMs } from '../posts/read-post.ts'
import { escapeHtml } from '../search/highlights.ts'
import type { SitemapStore } from './queries.ts'

const feedLength = 20

export interface SyndicationOptions {
  readonly lists: ListStore
  readonly sitemaps: SitemapStore
  readonly moves: UsernameMoves
  readonly reads: PublicReads
  readonly publicUrl: string
}

/** XML for those who do not speak JSON: an Atom feed (RFC 4287) and sitemaps (sitemaps.org) of the public posts. */
export function createSyndication({ lists, sitemaps, moves, reads, publicUrl }: SyndicationOptions) {
  const site = publicUrl.replace(/\/$/, '')
  const linkTo = (slug: string) => escapeHtml(`${site}/posts/${slug}`)

  async function kept(key: string, load: () => Promise<PageDocument>): Promise<AgedPage> {
    const read: PublicRead<PageDocument> = { key, schema: PageDocument }
    const found = await reads.read(read, load)
    if (found === undefined) throw new Error('a document is always there')
    return { document: found.value, isPublic: true, staleAgeMs: staleAgeMs(found) }
  }

  /** Also of one tag or one author: `path` is where this one was asked for. */
  const atom = (path: string, { filters }: Pick<ListOf, 'filters'>) =>
    kept(`atom:${path}`, async () => {
      const fields = ['summary', 'excerpt', 'html'] as const
      const request = {
        filters,
        order: 'newest',
        fields,
        limit: feedLength,
        after: undefined,
        withTotal: false,
      } as const
      const rows = await lists.page(request)
      const moved = rows.length === 0 ? await movedPage(moves, filters) : undefined
      if (moved !== undefined) return moved
      const self = escapeHtml(`${site}${path}`)
      const updated = rows.reduce((latest, row) => Math.max(latest, changedAt(row).getTime()), 0)
      return toTextDocument(`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${self}</id><title>${escapeHtml(new URL(site).host)}</title><updated>${new Date(updated).toISOString()}</updated>
<link rel="self" href="${self}"/>
${entries(rows).join('\n')}
</feed>
`)
    })

  /** Whole texts as long as they fit in the document; the entries after that have their summary and their link. */
  function entries(rows: readonly PagedRow[]): readonly string[] {
    let bytes = 0
    let isFull = false
    return rows.map(row => {
      const short = entry(row, linkTo(row.slug))
      const content = isFull ? '' : contentOf(row, maxPageBytes - bytes - short.length)
      isFull = content === ''
      const text = `${short}${content}</entry>`
      bytes += Buffer.byteLength(text)
      return text
    })
  }

  return {
    atom,

    /** One sitemap for each day with posts. */
    sitemapIndex: () =>
      kept('sitemap', async () => {
        const days = await sitemaps.days()
        const entries = days.map(
          day => `<sitemap><loc>${escapeHtml(`${site}/posts/sitemap.xml?day=${day}`)}</loc></sitemap>`,
        )
        return toTextDocument(sitemap('sitemapindex', entries))
      }),

    sitemap: (day: string) =>
      kept(`sitemap:${day}`, async () => {
        const posts = await sitemaps.ofDay(new Date(`${day}T00:00:00Z`), site)
        const entries = posts.map(
          ({ slug, updatedAt }) =>
            `<url><loc>${linkTo(slug)}</loc><lastmod>${updatedAt.toISOString()}</lastmod></url>`,
        )
        return toTextDocument(sitemap('urlset', entries))
      }),
  }
}

export type Syndication = ReturnType<typeof createSyndication>

const sitemap = (root: 'sitemapindex' | 'urlset', entries: readonly string[]) =>
  `<?xml version="1.0" encoding="utf-8"?>
<${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${entries.join('\n')}
</${root}>
`

/** For readers a scheduled post changes when it appears, which is after its author last touched it. */
const changedAt = ({ updatedAt, publishedAt }: Pick<PagedRow, 'updatedAt' | 'publishedAt'>): Date =>
  publishedAt !== null && publishedAt > updatedAt ? publishedAt : updatedAt

function entry(row: PagedRow, link: string): string {
  const { id, title, username, displayName, summary, excerpt, tags, publishedAt } = row
  return `<entry><id>urn:uuid:${id}</id><title>${escapeHtml(title)}</title><link href="${link}"/>
<author><name>${escapeHtml(displayName ?? username)}</name></author>
<published>${publishedAt?.toISOString()}</published><updated>${changedAt(row).toISOString()}</updated>
${tags.map(tag => `<category term="${escapeHtml(tag)}"/>`).join('')}
<summary>${escapeHtml(summary ?? excerpt ?? '')}</summary>
`
}

/** Empty where it would be longer than `maxBytes`. */
function contentOf({ html }: PagedRow, maxBytes: number): string {
  // Escaping only makes it longer.
  if (!html || html.length > maxBytes) return ''
  const content = `<content type="html">${escapeHtml(html)}</content>`
  return Buffer.byteLength(content) > maxBytes ? '' : content
}
