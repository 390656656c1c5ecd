import type { AccountId, PostId } from '../../shared/ids.ts'
import type { ListField } from '../lists/schemas.ts'
import { fieldNames, type PostFields, postColumns } from './post-fields.ts'
import type { Status } from './schemas.ts'

/** The primary key of a post; its author is the partition. */
export interface PostKey {
  readonly authorId: AccountId
  readonly id: PostId
}

/** A post as lists select it, with the long texts that were asked for. */
export interface ListedRow
  extends PostKey,
    Readonly<Omit<PostFields, 'state' | ListField>>,
    Readonly<Partial<Pick<PostFields, ListField>>> {
  readonly version: number
  readonly status: Status
  readonly username: string
  readonly displayName: string | null
  readonly avatarUrl: string | null
  readonly favoritesCount: number
  readonly commentsCount: number
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly titleHighlight?: string
  readonly textHighlight?: string
  /** False if its long texts are left out because the page is full. */
  readonly fits?: boolean
}

export type PostRow = ListedRow & Readonly<Pick<PostFields, ListField>>

/** The username shown for an erased account; nobody can register it. */
const erasedUsername = 'deleted'

/** `state` is selected as `status`, the others on request. */
const optional: readonly string[] = ['state', 'summary', 'excerpt', 'html', 'body']
const selected = fieldNames
  .filter(name => !optional.includes(name))
  .map(name => `post.${postColumns[name].column} as "${name}"`)
  .join(', ')

/** The columns of a post on the relations of `postJoins`. */
export const selectedColumns = (fields: readonly ListField[]): string =>
  `post.author_id as "authorId", post.id, post.version,
      case when post.state = 'published' and post.published_at > now() then 'scheduled' else post.state end as status,
      coalesce(author.username, '${erasedUsername}') as username, author.display_name as "displayName",
      author.avatar_url as "avatarUrl",
      counts.favorites as "favoritesCount", counts.comments as "commentsCount",
      post.created_at as "createdAt", post.updated_at as "updatedAt",
      ${selected}${fields.map(field => `, post.${field}`).join('')}`

/** Joins to a post, its counts and its author the key (author_id, post_id) of the relation `key`. */
export const postJoins = (key: string): string =>
  `join posts.posts post on post.author_id = ${key}.author_id and post.id = ${key}.post_id
    join posts.post_counts counts on counts.author_id = ${key}.author_id and counts.post_id = ${key}.post_id
    left join profile.authors author on author.id = ${key}.author_id`

/**
 * Locks the account of a writer against its deletion; always true. Postgres evaluates a condition before it locks the rows of
 * its statement, and the deletion locks the account before its posts, comments and favorites. Its trigger would be too late.
 */
export const sharesAccount = (account: string): string => `auth.share_account(${account}::uuid) is not null`

/** The one condition for what everyone may see: published, and its time has come. */
export const isPublic = (post: string): string =>
  `${post}.state = 'published' and ${post}.published_at <= now()`
