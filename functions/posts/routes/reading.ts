import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { readParameters } from '../../shared/http/input.ts'
import { type Feed, feedName } from '../domain/feed.ts'
import { listOf } from '../domain/lists.ts'
import type { Syndication } from '../domain/syndication.ts'
import { type Tags, tagsName } from '../domain/tags.ts'
import { AtomQuery, FeedQuery, SitemapQuery, TagsQuery } from '../schemas/lists.ts'
import { answer, type Guards } from './answers.ts'

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
  app.get('/posts/feed', guards.required, async c => {
    const reader = actorOf(c)
    const { limit, cursor, fields } = readParameters(FeedQuery, c.req.query())
    const after = cursor === undefined ? undefined : cursors.open(feedName(reader), cursor)
    const document = await feed(reader, { fields, limit, after })
    return answer(c, { document, isPublic: false, staleAgeMs: undefined })
  })

  app.get('/posts/tags', guards.optional, async c => {
    const { limit, cursor } = readParameters(TagsQuery, c.req.query())
    const after = cursor === undefined ? undefined : cursors.open(tagsName, cursor)
    return answer(c, await tags({ limit, after }))
  })

  app.get('/posts/atom.xml', async c => {
    const query = readParameters(AtomQuery, c.req.query())
    const list = listOf({ ...query, limit: 20, fields: [], total: 'false' }, undefined)
    const parameters = new URLSearchParams(c.req.query())
    const path = `/posts/atom.xml${parameters.size > 0 ? `?${parameters}` : ''}`
    return answer(c, await syndication.atom(path, list), 'application/atom+xml; charset=utf-8')
  })

  app.get('/posts/sitemap.xml', async c => {
    const { day } = readParameters(SitemapQuery, c.req.query())
    const page = await (day === undefined ? syndication.sitemapIndex() : syndication.sitemap(day))
    return answer(c, page, 'application/xml; charset=utf-8')
  })
}
