import type { HttpApp } from '../../shared/http/context.ts'
import { withQuery } from '../../shared/http/query.ts'
import type { Dependencies } from '../dependencies.ts'
import { respondWithDocument } from '../http/responses.ts'
import { toFilters } from '../lists/list-posts.ts'
import { readAtomFeed } from './atom.ts'
import { AtomQuery, SitemapQuery } from './schemas.ts'
import { readSitemap, readSitemapIndex } from './sitemap.ts'

export function syndicationRoutes(app: HttpApp, dependencies: Dependencies): void {
  app.get(
    '/posts/atom.xml',
    withQuery(AtomQuery, async (c, query) => {
      const parameters = new URLSearchParams(c.req.query())
      const path = `/posts/atom.xml${parameters.size > 0 ? `?${parameters}` : ''}`
      const page = await readAtomFeed(dependencies, { path, filters: toFilters(query) })
      return respondWithDocument(c, page, 'application/atom+xml; charset=utf-8')
    }),
  )

  app.get(
    '/posts/sitemap.xml',
    withQuery(SitemapQuery, async (c, { day }) => {
      const page = await (day === undefined
        ? readSitemapIndex(dependencies)
        : readSitemap(dependencies, { day }))
      return respondWithDocument(c, page, 'application/xml; charset=utf-8')
    }),
  )
}
