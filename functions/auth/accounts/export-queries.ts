import type { AccountId } from '../../shared/ids.ts'
import type { Database } from '../../shared/postgres/database.ts'

export interface ExportedItem {
  readonly id: string
  /** JSON, passed on as it is. */
  readonly data: string
}

/** The lists of an export and the view that each is read from. A list may be a table of auth's own. */
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
export type ExportSection = keyof typeof sources

/** Items of a page. A post may have 400 kB and a comment 40: a page of either has 2 MB at most. */
const pageSizes: Readonly<Record<string, number>> = { posts: 4, comments: 40 }
const usualPageSize = 200

const statements = Object.entries(sources).map(([section, source]) => ({
  section,
  statement: {
    name: `export_${section}`,
    timeoutMs: 6_000,
    text: `select id, data::text as data from ${source} exported
      where account_id = $1::uuid and id > $2::uuid order by id limit $3::int`,
  },
}))

export function createExportStore(database: Database) {
  return {
    sections: statements.map(({ section, statement }) => ({
      section,
      pageSize: pageSizes[section] ?? usualPageSize,
      /** One page, so that an account of any size is read with little memory. */
      page: (account: AccountId, after: string) =>
        database.query<ExportedItem>(statement, [account, after, pageSizes[section] ?? usualPageSize]),
    })),
  }
}

export type ExportStore = ReturnType<typeof createExportStore>
