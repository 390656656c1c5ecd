import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { withQuery } from '../../shared/http/query.ts'
import { answer, type Guards } from '../http/responses.ts'
import { listOf } from '../lists/lists.ts'
import { AtomQuery, FeedQuery, SitemapQuery, TagsQuery } from '../lists/schemas.ts'
import type { Syndication } from '../syndication/syndication.ts'
import { type Tags, tagsName } from '../tags/tags.ts'
import { type Feed, feedName } from './feed.ts'

/** Before /posts/{slug}: no post has these names. */
export function readingRoutes(
  app: HttpApp,
  {
    feed,
    tags,
    syndication,
  }: { readonly feed: Feed; readonly tags: Tags; readonly syndication: Syndication },
  cursors: Pick<Cursors, 'open'>,
  guards: Guards,
): void {
  app.get(
    '/posts/feed',
    guards.required,
    withQuery(FeedQuery, async (c, { limit, cursor, fields }) => {
      const reader = actorOf(c)
      const after = cursor === undefined ? undefined : cursors.open(feedName(reader), cursor)
      const document = await feed(reader, { fields, limit, after })
      return answer(c, { document, isPublic: false, staleAgeMs: undefined })
    }),
  )

  app.get(
    '/posts/tags',
    guards.optional,
    withQuery(TagsQuery, async (c, { limit, cursor }) => {
      const after = cursor === undefined ? undefined : cursors.open(tagsName, cursor)
      return answer(c, await tags({ limit, after }))
    }),
  )

  app.get(
    '/posts/atom.xml',
    withQuery(AtomQuery, async (c, query) => {
      const list = listOf({ ...query, limit: 20, fields: [], total: 'false' }, undefined)
      const parameters = new URLSearchParams(c.req.query())
      const path = `/posts/atom.xml${parameters.size > 0 ? `?${parameters}` : ''}`
      return answer(c, await syndication.atom(path, list), 'application/atom+xml; charset=utf-8')
    }),
  )

  app.get(
    '/posts/sitemap.xml',
    withQuery(SitemapQuery, async (c, { day }) => {
      const page = await (day === undefined ? syndication.sitemapIndex() : syndication.sitemap(day))
      return answer(c, page, 'application/xml; charset=utf-8')
    }),
  )
}
