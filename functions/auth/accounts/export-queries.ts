import { type AccountId, minUuid } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'

/** The lists of an export with the view, or the subquery on a table of auth, that each is read from. */
const sources = {
  profile: 'profile.exported_profiles',
  following: 'profile.exported_followings',
  followers: 'profile.exported_followers',
  posts: 'posts.exported_posts',
  comments: 'posts.exported_comments',
  favorites: 'posts.exported_favorites',
  sessions: `(
    select account_id, id, jsonb_build_object('id', id, 'client', client, 'createdAt', created_at,
      'lastUsedAt', last_used_at, 'endedAt', ended_at) as data
    from auth.sessions
  )`,
  securityEvents: `(
    select account_id, id, jsonb_build_object('kind', kind, 'occurredAt', occurred_at, 'address', address,
      'client', client) as data
    from auth.events
  )`,
} as const

/** Items per page. A post has up to 400 kB and a comment 40: a page of either has at most 2 MB. */
const pageSizes: Readonly<Record<string, number>> = { posts: 4, comments: 40 }
const defaultPageSize = 200

export interface ExportList {
  readonly name: string
  readonly pageSize: number
  readonly statement: { readonly name: string; readonly timeoutMs: number; readonly text: string }
}

export const exportLists: readonly ExportList[] = Object.entries(sources).map(([name, source]) => ({
  name,
  pageSize: pageSizes[name] ?? defaultPageSize,
  statement: {
    name: `export_${name}`,
    timeoutMs: 6_000,
    // The ids first: where Postgres sorts, it would otherwise make the JSON of every row of the account for each page.
    text: `with page as materialized (
        select id from ${source} listed
        where account_id = $1::uuid and id > $2::uuid order by id limit $3::int
      )
      select exported.id, exported.data::text as data
      from page join ${source} exported on exported.account_id = $1::uuid and exported.id = page.id
      order by exported.id`,
  },
}))

interface ExportedItem {
  readonly id: string
  /** JSON, written to the export as it is. */
  readonly data: string
}

/** Yields the items of a list as JSON, read page by page: an account of any size needs little memory. */
export async function* exportedItems(
  db: Queryable,
  { accountId, list }: { readonly accountId: AccountId; readonly list: ExportList },
): AsyncGenerator<string> {
  let after = minUuid
  for (;;) {
    const items = await db.query<ExportedItem>(list.statement, [accountId, after, list.pageSize])
    for (const item of items) yield item.data
    const last = items.at(-1)
    if (last === undefined || items.length < list.pageSize) return
    after = last.id
  }
}
