import type { Queryable } from '../../shared/postgres/database.ts'
import { isPublic } from '../posts/post-columns.ts'

/** The most that a sitemap index may list (sitemaps.org), one per day. */
const maxDays = 50_000
/** A sitemap may list 50,000 as well, but those would be 10 MB to read, hash and hold. */
const maxPosts = 10_000

/** Of a day without a post of this site so many are examined: one with more is listed, though its sitemap may be empty. */
const maxExamined = 1_000

/** Search engines find a post whose canonical URL is on another site there. */
const isOfSite = (siteUrl: string) =>
  `(post.canonical_url is null or starts_with(post.canonical_url, ${siteUrl}::text || '/'))`

const postsOfDay = `select ${isOfSite('$1')} as is_of_site from posts.posts post
      where ${isPublic('post')} and post.published_at <= days.published_at
        and post.published_at >= date_trunc('day', days.published_at, 'UTC')
      order by post.published_at desc, post.id desc`

/** Jumps through the index from day to day: a few lookups per day, not per post. */
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
    select to_char(published_at at time zone 'UTC', 'YYYY-MM-DD') as day from days
    where exists (select from (${postsOfDay} limit ${maxExamined}) newest where is_of_site)
      or exists (${postsOfDay} offset ${maxExamined})
    limit ${maxDays}`,
}

export const selectDay = {
  name: 'select_sitemap_of_day',
  text: `select slug, greatest(updated_at, published_at) as "updatedAt" from posts.posts post
    where ${isOfSite('$2')} and ${isPublic('post')}
      and published_at >= $1::timestamptz and published_at < $1::timestamptz + interval '24 hours'
    order by published_at desc, id desc limit ${maxPosts}`,
}

export interface SitemapEntry {
  readonly slug: string
  readonly updatedAt: Date
}

interface OfSite {
  readonly siteUrl: string
}

export const findDays = async (db: Queryable, { siteUrl }: OfSite): Promise<readonly string[]> =>
  (await db.query<{ day: string }>(selectDays, [siteUrl])).map(({ day }) => day)

export const findPostsOfDay = (
  db: Queryable,
  { day, siteUrl }: OfSite & { readonly day: Date },
): Promise<readonly SitemapEntry[]> => db.query<SitemapEntry>(selectDay, [day, siteUrl])
