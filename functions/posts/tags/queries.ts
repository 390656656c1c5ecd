import type { Queryable } from '../../shared/postgres/database.ts'
import { firstRows } from '../lists/page-statement.ts'

export interface TagRow {
  readonly tag: string
  readonly postsCount: number
}

interface TagPageRow {
  readonly tag: string | null
  readonly postsCount: number | null
  /** True if a scheduled post is due that the counters do not include yet. */
  readonly isBehind: boolean
}

/** After the cursor, by the order of the list. */
const isNext = `posts > 0 and posts <= $1::int and (posts < $1::int or tag > $2::text)`

/** Includes the changes that `posts.tags` does not have yet: those of a quarter of a second. Exported for the test of its plan. */
export const selectTags = {
  name: 'select_tags',
  text: `with queued as materialized (
      select tag, sum(change) as change from posts.count_changes, unnest(tags) tag group by tag
    )
    select page.tag, page.posts as "postsCount", behind.is_behind as "isBehind"
    from (
      select exists (
        select from posts.posts where state = 'published' and not is_counted and published_at <= now()
      ) as is_behind
    ) behind
    left join lateral (
      select tag, posts from (
        select * from (${firstRows(
          `select tag, posts from posts.tags
          where ${isNext} and tag not in (select tag from queued)
          order by posts desc, tag`,
          '$3::int',
        )}) applied
        union all
        select queued.tag, coalesce(applied.posts, 0)::int + queued.change::int
        from queued left join posts.tags applied on applied.tag = queued.tag
      ) counted
      where ${isNext}
      order by posts desc, tag limit $3::int
    ) page on true
    order by page.posts desc, page.tag`,
}

const maxInteger = 2_147_483_647

export async function findTagPage(
  db: Queryable,
  { limit, after }: { readonly limit: number; readonly after: readonly string[] | undefined },
): Promise<{ readonly tags: readonly TagRow[]; readonly isBehind: boolean }> {
  const [posts = maxInteger, tag = ''] = after ?? []
  const rows = await db.query<TagPageRow>(selectTags, [posts, tag, limit])
  const tags: TagRow[] = []
  for (const { tag, postsCount } of rows) {
    if (tag !== null && postsCount !== null) tags.push({ tag, postsCount })
  }
  return { tags, isBehind: rows.some(row => row.isBehind) }
}
