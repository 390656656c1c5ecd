import type { HttpApp } from '../../shared/http/context.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import { cacheable } from '../../shared/openapi/cacheable.ts'
import type { Dependencies } from '../dependencies.ts'
import { age, usernameMoved } from '../http/documentation.ts'
import { respondWithDocument } from '../http/responses.ts'
import { toFilters } from '../lists/list-posts.ts'
import type { ListFilters } from '../lists/list-request.ts'
import { readAtomFeed } from './atom.ts'
import { AtomQuery, SitemapQuery } from './schemas.ts'
import { readSitemap, readSitemapIndex } from './sitemap.ts'

const documentHeaders = { ETag: 'Of this document.' }

const getAtomFeed = operation({
  method: 'get',
  path: '/posts/atom.xml',
  authentication: 'none',
  query: AtomQuery,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'getAtomFeed',
        summary: 'Get the newest public posts as an Atom feed (RFC 4287), optionally of one tag or author',
        description: `20 entries: with their whole texts as long as those fit in 1 MiB, then with their summaries. The feed was updated with the newest change among them. ${cacheable}`,
        responses: {
          200: {
            description: 'The feed.',
            contentType: 'application/atom+xml',
            headers: { ...documentHeaders, ...age },
          },
          ...usernameMoved,
        },
        problems: ['invalid_parameter'],
      },
})

const getSitemap = operation({
  method: 'get',
  path: '/posts/sitemap.xml',
  authentication: 'none',
  query: SitemapQuery,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'getSitemap',
        summary:
          'Get the index of sitemaps of public posts (sitemaps.org), or with `day` the sitemap of one day',
        description: cacheable,
        responses: {
          200: {
            description: 'The sitemap.',
            contentType: 'application/xml',
            headers: { ...documentHeaders, ...age },
          },
        },
        problems: ['invalid_parameter', 'not_found'],
      },
})

export const syndicationOperations = [getAtomFeed, getSitemap]

export function syndicationRoutes(app: HttpApp, guards: Guards, dependencies: Dependencies): void {
  route(app, guards, getAtomFeed, async (c, { query }) => {
    const filters = toFilters(query)
    const page = await readAtomFeed(dependencies, { path: feedPath(filters), filters })
    return respondWithDocument(c, page, 'application/atom+xml; charset=utf-8')
  })

  route(app, guards, getSitemap, async (c, { query: { day } }) => {
    const page = await (day === undefined
      ? readSitemapIndex(dependencies)
      : readSitemap(dependencies, { day }))
    return respondWithDocument(c, page, 'application/xml; charset=utf-8')
  })
}

const feedPath = ({ tag, author }: ListFilters): string => {
  const parameters = new URLSearchParams({ ...(tag && { tag }), ...(author && { author }) })
  return `/posts/atom.xml${parameters.size > 0 ? `?${parameters}` : ''}`
}
