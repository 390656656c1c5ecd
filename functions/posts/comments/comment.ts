import { versionOf } from '../posts/documents.ts'
import type { CommentRow } from './queries.ts'
import type { Comment } from './schemas.ts'

export const tagOf = (row: CommentRow): string => `"${versionOf(row)}"`

export const toComment = (row: CommentRow): Comment => ({
  id: row.id,
  parentId: row.parentId,
  body: row.body,
  html: row.html,
  author: row.isDeleted
    ? null
    : { username: row.username, displayName: row.displayName, avatarUrl: row.avatarUrl },
  isDeleted: row.isDeleted,
  repliesCount: row.repliesCount,
  createdAt: new Date(row.createdAt).toISOString(),
  updatedAt: new Date(row.updatedAt).toISOString(),
  etag: tagOf(row),
})
