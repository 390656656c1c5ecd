import { hash } from 'node:crypto'
import * as v from 'valibot'
import type { ListedPost, ListField } from '../lists/schemas.ts'
import { toMarkedExcerpt, toMarkedHtml } from '../search/highlights.ts'
import type { ListedRow, PostRow } from './post-columns.ts'
import type { Post } from './schemas.ts'

/** A post as it is sent: serialized once, cached, and sent unchanged. */
export const PostDocument = v.object({
  slug: v.string(),
  text: v.string(),
  /** `"<version>-<id>-<hash of the text>"`. Counts change only the hash; the author's changes change the version. */
  tag: v.string(),
})
export type PostDocument = v.InferOutput<typeof PostDocument>

/** A list as it is sent. `moved` replaces it after a change of username: the query parameters with the present one. */
export const PageDocument = v.object({
  text: v.string(),
  tag: v.string(),
  moved: v.optional(v.record(v.string(), v.string())),
})
export type PageDocument = v.InferOutput<typeof PageDocument>

export const toPageDocument = (page: object): PageDocument => toTextDocument(JSON.stringify(page))

export const toTextDocument = (text: string): PageDocument => ({ text, tag: `"${hashOf(text)}"` })

export function toDocument(row: PostRow): PostDocument {
  const text = JSON.stringify(toPost(row))
  return { slug: row.slug, text, tag: `"${versionOf(row)}-${hashOf(text)}"` }
}

/** Includes the id: a new post can get the slug of a deleted one, and starts at the same version number. */
export const versionOf = ({ version, id }: { readonly version: number; readonly id: string }): string =>
  `${version}-${id}`

const hashOf = (text: string): string => hash('sha256', text, 'base64url').slice(0, 22)

const toPost = (row: PostRow): Post => ({
  ...common(row),
  summary: row.summary,
  excerpt: row.excerpt,
  body: row.body,
  html: row.html,
})

export function toListed(row: ListedRow, fields: readonly ListField[]): ListedPost {
  const { titleHighlight, textHighlight } = row
  return {
    ...common(row),
    ...Object.fromEntries(fields.map(field => [field, row[field]])),
    ...(titleHighlight !== undefined &&
      textHighlight !== undefined && {
        highlights: { title: toMarkedHtml(titleHighlight), text: toMarkedExcerpt(textHighlight) },
      }),
  }
}

const common = (row: ListedRow) => ({
  id: row.id,
  version: versionOf(row),
  slug: row.slug,
  title: row.title,
  tags: [...row.tags],
  status: row.status,
  author: { username: row.username, displayName: row.displayName, avatarUrl: row.avatarUrl },
  favoritesCount: row.favoritesCount,
  commentsCount: row.commentsCount,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  publishedAt: row.publishedAt?.toISOString() ?? null,
  coverImageUrl: row.coverImageUrl,
  canonicalUrl: row.canonicalUrl,
  language: row.language,
  commentsOpen: row.commentsOpen,
  readingMinutes: row.readingMinutes,
})
