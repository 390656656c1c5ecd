import { DomainError } from '../../shared/domain-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { cachedPage, type Page } from '../lists/cached-page.ts'
import { toTextDocument } from '../posts/documents.ts'
import { escapeHtml } from '../search/highlights.ts'
import { findDays, findPostsOfDay } from './queries.ts'

type Reads = Pick<Dependencies, 'readDb' | 'postCache' | 'siteUrl'>

/** The index of sitemaps (sitemaps.org): one for each day with public posts. */
export const readSitemapIndex = ({ readDb: db, postCache, siteUrl }: Reads): Promise<Page> =>
  cachedPage(postCache, { key: 'sitemap' }, async () => {
    const days = await findDays(db, { siteUrl })
    const entries = days.map(
      day => `<sitemap><loc>${escapeHtml(`${siteUrl}/posts/sitemap.xml?day=${day}`)}</loc></sitemap>`,
    )
    return toTextDocument(sitemap('sitemapindex', entries))
  })

/** The public posts of one day in UTC: `2026-11-23`. A sitemap has at least one (sitemaps.org). */
export const readSitemap = (
  { readDb: db, postCache, siteUrl }: Reads,
  { day }: { readonly day: string },
): Promise<Page> =>
  cachedPage(postCache, { key: `sitemap:${day}` }, async () => {
    const posts = await findPostsOfDay(db, { day: new Date(`${day}T00:00:00Z`), siteUrl })
    if (posts.length === 0) throw new DomainError('not_found', { detail: 'No post of this day is public.' })
    const entries = posts.map(
      ({ slug, updatedAt }) =>
        `<url><loc>${escapeHtml(`${siteUrl}/posts/${slug}`)}</loc><lastmod>${updatedAt.toISOString()}</lastmod></url>`,
    )
    return toTextDocument(sitemap('urlset', entries))
  })

const sitemap = (root: 'sitemapindex' | 'urlset', entries: readonly string[]) =>
  `<?xml version="1.0" encoding="utf-8"?>
<${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${entries.join('\n')}
</${root}>
`
