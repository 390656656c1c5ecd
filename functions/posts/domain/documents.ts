import { createHash } from 'node:crypto'
import type { ListedPost, ListField, Post } from '../schemas.ts'
import type { ListedRow, PostRow } from '../store/rows.ts'

/** A post as it is sent: written once, kept and answered as it is. */
export interface PostDocument {
  readonly slug: string
  readonly version: number
  readonly json: string
  /** `"<version>-<hash of the JSON>"`: counts change the hash, only its author changes the version. */
  readonly tag: string
}

export function toDocument(row: PostRow): PostDocument {
  const json = JSON.stringify(toPost(row))
  return { slug: row.slug, version: row.version, json, tag: `"${row.version}-${hashOf(json)}"` }
}

export const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22)

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
      textHighlight !== undefined && { highlights: { title: titleHighlight, text: textHighlight } }),
  }
}

const common = (row: ListedRow) => ({
  id: row.id,
  slug: row.slug,
  title: row.title,
  tags: [...row.tags],
  status: row.status,
  author: { username: row.username, displayName: row.displayName },
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
