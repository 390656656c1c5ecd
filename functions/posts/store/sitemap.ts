import type { Database } from '../../shared/postgres/database.ts'
import { isPublic } from './rows.ts'

/** What one sitemap may hold (sitemaps.org). */
const maxEntries = 50_000

/** From day to day through the index: it costs a look per day and not per post. */
export const selectDays = {
  name: 'select_sitemap_days',
  text: `with recursive days as (
      (
        select published_at from posts.posts post where ${isPublic('post')}
        order by published_at desc, id desc limit 1
      )
      union all
      select earlier.published_at
      from days
      cross join lateral (
        select published_at from posts.posts post
        where ${isPublic('post')} and published_at < date_trunc('day', days.published_at, 'UTC')
        order by published_at desc, id desc limit 1
      ) earlier
    )
    select to_char(published_at at time zone 'UTC', 'YYYY-MM-DD') as day from days limit ${maxEntries}`,
}

export const selectDay = {
  name: 'select_sitemap_of_day',
  text: `select slug, updated_at as "updatedAt" from posts.posts post
    where ${isPublic('post')} and published_at >= $1::timestamptz and published_at < $1::timestamptz + interval '1 day'
    order by published_at desc, id desc limit ${maxEntries}`,
}

export interface SitemapEntry {
  readonly slug: string
  readonly updatedAt: Date
}

export const createSitemapStore = (database: Database) => ({
  days: async () => (await database.query<{ day: string }>(selectDays)).map(({ day }) => day),
  ofDay: (day: Date) => database.query<SitemapEntry>(selectDay, [day]),
})

export type SitemapStore = ReturnType<typeof createSitemapStore>
