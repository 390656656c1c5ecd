import type { AccountId } from '../../shared/ids.ts'
import type { Database, Queryable } from '../../shared/postgres/database.ts'
import { deleteExpiredKeys } from '../idempotency/queries.ts'
import { createMaintenance } from '../maintenance/maintenance.ts'
import { columns, joins, type PostKey, type PostRow } from './post-rows.ts'

export type State = 'draft' | 'published' | 'archived'

/** What an author writes, and what is made of it. */
export interface PostFields {
  readonly slug: string
  readonly state: State
  readonly publishedAt: Date | null
  readonly title: string
  readonly summary: string | null
  readonly body: string
  readonly html: string
  readonly excerpt: string
  readonly readingMinutes: number
  readonly tags: readonly string[]
  readonly language: string | null
  readonly coverImageUrl: string | null
  readonly canonicalUrl: string | null
  readonly commentsOpen: boolean
}

const selectPost = `select ${columns(['summary', 'excerpt', 'body', 'html'])}
    from posts.slugs directory
    ${joins('directory')}
    where directory.slug = $1::text`

/** Exported for the tests of plans and of the number of statements. */
export const selectBySlug = { name: 'select_post_by_slug', text: selectPost }
const lockBySlug = { name: 'lock_post_by_slug', text: `${selectPost} for update of post` }

/** A slug that the post had before is its own again. */
const claimSlug = {
  name: 'claim_slug',
  text: `insert into posts.slugs as directory (slug, author_id, post_id)
    values ($1::text, $2::uuid, coalesce($3::uuid, uuidv7()))
    on conflict (slug) do update set slug = excluded.slug
      where directory.author_id = excluded.author_id and directory.post_id = excluded.post_id
    returning author_id as "authorId", post_id as id`,
}

const insertPost = {
  name: 'insert_post',
  text: `insert into posts.posts (author_id, id, slug, state, published_at, title, summary, body, html, excerpt,
      reading_minutes, tags, language, cover_image_url, canonical_url, comments_open)
    values ($1::uuid, $2::uuid, $3::text, $4::text,
      case when $4::text = 'published' then coalesce($5::timestamptz, posts.now_ms()) else $5::timestamptz end,
      $6::text, $7::text, $8::text, $9::text, $10::text, $11::int, $12::text[], $13::text, $14::text, $15::text,
      $16::boolean)`,
}

const updatePost = {
  name: 'update_post',
  text: `update posts.posts set version = version + 1, updated_at = posts.now_ms(), slug = $3::text, state = $4::text,
      published_at = case when $4::text = 'published' then coalesce($5::timestamptz, posts.now_ms())
        else $5::timestamptz end,
      title = $6::text, summary = $7::text, body = $8::text, html = $9::text, excerpt = $10::text,
      reading_minutes = $11::int, tags = $12::text[], language = $13::text, cover_image_url = $14::text,
      canonical_url = $15::text, comments_open = $16::boolean
    where author_id = $1::uuid and id = $2::uuid`,
}

const deletePost = {
  name: 'delete_post',
  text: `delete from posts.posts where author_id = $1::uuid and id = $2::uuid`,
}

/** Tells the counters of scheduled posts whose time has come. Skips what another pod is at. */
const settleDue = {
  name: 'settle_due_posts',
  text: `update posts.posts post set is_counted = true
    from (
      select author_id, id from posts.posts
      where state = 'published' and not is_counted and published_at <= now()
      order by published_at limit 100
      for update skip locked
    ) due
    where post.author_id = due.author_id and post.id = due.id`,
}

const parameters = ({ authorId, id }: PostKey, fields: PostFields) => [
  ...[authorId, id, fields.slug, fields.state, fields.publishedAt, fields.title, fields.summary, fields.body],
  ...[fields.html, fields.excerpt, fields.readingMinutes, fields.tags, fields.language, fields.coverImageUrl],
  ...[fields.canonicalUrl, fields.commentsOpen],
]

const bySlug = async (on: Queryable, slug: string) => (await on.query<PostRow>(selectBySlug, [slug]))[0]

export const writing = (on: Queryable) => ({
  bySlug: (slug: string) => bySlug(on, slug),

  /** The post, its row locked until the transaction ends. */
  lock: async (slug: string) => (await on.query<PostRow>(lockBySlug, [slug]))[0],

  /** Undefined when the slug is another post's. Without an id it is for a new post, whose id this decides. */
  claimSlug: async (slug: string, authorId: AccountId, id: PostKey['id'] | null) =>
    (await on.query<PostKey>(claimSlug, [slug, authorId, id]))[0],

  insert: async (key: PostKey, fields: PostFields) =>
    void (await on.query(insertPost, parameters(key, fields))),
  update: async (key: PostKey, fields: PostFields) =>
    void (await on.query(updatePost, parameters(key, fields))),
  delete: async ({ authorId, id }: PostKey) => void (await on.query(deletePost, [authorId, id])),
})

export function createPostStore(database: Database) {
  const maintain = createMaintenance(database)
  return {
    bySlug: (slug: string) => bySlug(database, slug),
    settleDue: async () => void (await database.query(settleDue)),
    /** What a later write does for earlier ones, a few at a time. */
    tidyUp: async () =>
      void (await Promise.all([
        ...[settleDue, deleteExpiredKeys].map(each => database.query(each)),
        maintain(),
      ])),
  }
}

export type PostStore = ReturnType<typeof createPostStore>
export type PostWriting = ReturnType<typeof writing>
