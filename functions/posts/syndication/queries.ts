import type { Queryable } from '../../shared/postgres/database.ts'
import { isPublic } from '../posts/post-columns.ts'

/** The most that a sitemap index may list (sitemaps.org), one per day. */
const maxDays = 50_000
/** A sitemap may list 50,000 as well, but those would be 10 MB to read, hash and hold. */
const maxPosts = 10_000

/** Jumps through the index from day to day: one lookup per day, not per post. */
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
    select to_char(published_at at time zone 'UTC', 'YYYY-MM-DD') as day from days limit ${maxDays}`,
}

export const selectDay = {
  name: 'select_sitemap_of_day',
  text: `select slug, greatest(updated_at, published_at) as "updatedAt" from posts.posts post
    where (canonical_url is null or starts_with(canonical_url, $2::text || '/')) and ${isPublic('post')} and published_at >= $1::timestamptz and published_at < $1::timestamptz + interval '1 day'
    order by published_at desc, id desc limit ${maxPosts}`,
}

export interface SitemapEntry {
  readonly slug: string
  readonly updatedAt: Date
}

export const findDays = async (db: Queryable): Promise<readonly string[]> =>
  (await db.query<{ day: string }>(selectDays)).map(({ day }) => day)

/** Without posts whose canonical URL is on another site: search engines find them there. */
export const findPostsOfDay = (
  db: Queryable,
  { day, siteUrl }: { readonly day: Date; readonly siteUrl: string },
): Promise<readonly SitemapEntry[]> => db.query<SitemapEntry>(selectDay, [day, siteUrl])
