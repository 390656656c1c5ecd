import type { AccountId, PostId } from '../../shared/ids.ts'
import type { ListField } from '../lists/schemas.ts'
import type { Status } from './schemas.ts'

/** Where a post lies: its partition, and its key there. */
export interface PostKey {
  readonly authorId: AccountId
  readonly id: PostId
}

/** A post as lists show it, with what its fields and filters asked for. */
export interface ListedRow extends PostKey {
  readonly version: number
  readonly slug: string
  readonly title: string
  readonly tags: readonly string[]
  readonly status: Status
  readonly username: string
  readonly displayName: string | null
  readonly avatarUrl: string | null
  readonly favoritesCount: number
  readonly commentsCount: number
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly publishedAt: Date | null
  readonly coverImageUrl: string | null
  readonly canonicalUrl: string | null
  readonly language: string | null
  readonly commentsOpen: boolean
  readonly readingMinutes: number
  readonly summary?: string | null
  readonly excerpt?: string
  readonly body?: string
  readonly html?: string
  readonly titleHighlight?: string
  readonly textHighlight?: string
  /** False where its long texts are left out: the page is full. */
  readonly fits?: boolean
}

export interface PostRow extends ListedRow {
  readonly summary: string | null
  readonly excerpt: string
  readonly body: string
  readonly html: string
}

/** An account that is gone is shown under a name that nobody can register. */
const erasedUsername = 'deleted'

/** Of `post`, `counts` and `author`, as `joins` brings them together. */
export const columns = (fields: readonly ListField[]): string =>
  `post.author_id as "authorId", post.id, post.version, post.slug, post.title, post.tags,
      case when post.state = 'published' and post.published_at > now() then 'scheduled' else post.state end as status,
      coalesce(author.username, '${erasedUsername}') as username, author.display_name as "displayName",
      author.avatar_url as "avatarUrl",
      counts.favorites as "favoritesCount", counts.comments as "commentsCount",
      post.created_at as "createdAt", post.updated_at as "updatedAt", post.published_at as "publishedAt",
      post.cover_image_url as "coverImageUrl", post.canonical_url as "canonicalUrl", post.language,
      post.comments_open as "commentsOpen", post.reading_minutes as "readingMinutes"${fields
        .map(field => `, post.${field}`)
        .join('')}`

/** Of a length that a hundred of them would not fit in memory for a few readers at once. */
export const longFields: readonly ListField[] = ['html', 'body']
/** What the long texts of a page may weigh in bytes; only its first post may have more. */
export const maxTextBytes = 1_048_576

/**
 * The keys of a page, and where it has long texts, whether those of each post and of all before it fit. Their lengths are
 * known without reading them.
 */
export function fitted(keys: string, order: string, fields: readonly ListField[]): string {
  const lengths = longFields
    .filter(field => fields.includes(field))
    .map(field => `octet_length(post.${field})`)
  if (lengths.length === 0) return keys
  return `select page.*,
        row_number() over earlier = 1 or sum(${lengths.join(' + ')}) over earlier <= ${maxTextBytes} as fits
      from (${keys}) page
      join posts.posts post on post.author_id = page.author_id and post.id = page.post_id
      window earlier as (order by ${order} rows unbounded preceding)`
}

/** The columns of a page of `fitted` keys. */
export function listedColumns(fields: readonly ListField[]): string {
  const long = longFields.filter(field => fields.includes(field))
  const short = fields.filter(field => !longFields.includes(field))
  if (long.length === 0) return columns(fields)
  return `${columns(short)}, page.fits${long
    .map(field => `, case when page.fits then post.${field} end as ${field}`)
    .join('')}`
}

/** What belongs to a post that `key` (author_id, post_id) names. */
export const joins = (key: string): string =>
  `join posts.posts post on post.author_id = ${key}.author_id and post.id = ${key}.post_id
    join posts.post_counts counts on counts.author_id = ${key}.author_id and counts.post_id = ${key}.post_id
    left join profile.authors author on author.id = ${key}.author_id`

/** No page is longer, and one item more says whether there is a next one. */
const maxRows = 101

/**
 * The first `limit` rows of a statement. The plan of a prepared statement is made without knowing the limit, and would
 * guess a tenth of the table; the constant beneath it says that it is few.
 */
export const firstRows = (statement: string, limit: string): string =>
  `select * from (${statement} limit ${maxRows}) capped limit ${limit}`

/** Published, and its time has come: what everyone may see, and nothing else is shown to others anywhere. */
export const isPublic = (post: string): string =>
  `${post}.state = 'published' and ${post}.published_at <= now()`
