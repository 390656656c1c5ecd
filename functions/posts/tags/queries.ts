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

/** Exported for the test of its plan. */
export const selectTags = {
  name: 'select_tags',
  text: `select page.tag, page.posts as "postsCount", behind.is_behind as "isBehind"
    from (
      select exists (
        select from posts.posts where state = 'published' and not is_counted and published_at <= now()
      ) as is_behind
    ) behind
    left join lateral (${firstRows(
      `select tag, posts from posts.tags
      where posts > 0 and posts <= $1::int and (posts < $1::int or tag > $2::text)
      order by posts desc, tag`,
      '$3::int',
    )}) page on true
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
