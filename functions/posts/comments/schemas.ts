import * as v from 'valibot'
import { Count, NextCursor, Timestamp, textUpTo, Uuid } from '../../shared/formats.ts'
import { pageParameters } from '../../shared/http/cursor.ts'
import { CommentIdSchema, inPath } from '../../shared/ids.ts'
import { markdown, maxJsonBytes } from '../../shared/text.ts'
import { Author, SlugParameter } from '../posts/schemas.ts'

const maxBodyLength = 10_000
export const maxRequestBytes = maxJsonBytes(maxBodyLength + 1_000)

const Body = markdown(maxBodyLength)

export const NewComment = v.strictObject({
  body: Body,
  parentId: v.optional(v.nullable(CommentIdSchema), null),
})

export const CommentPatch = v.strictObject({ body: Body })

export const noSuchComment = 'There is no such comment.'

export const CommentParameters = v.object({
  ...SlugParameter.entries,
  commentId: inPath(CommentIdSchema, noSuchComment),
})

export const CommentsQuery = v.strictObject({
  ...pageParameters,
  parent: v.optional(CommentIdSchema),
  order: v.optional(v.picklist(['oldest', 'newest']), 'oldest'),
})

/** Of each comment of a page: an account may write 86,400 replies a day, and counting them all took seconds. */
export const maxRepliesCount = 100

export const Comment = v.object({
  id: Uuid,
  parentId: v.nullable(Uuid),
  body: textUpTo(maxBodyLength),
  html: v.string(),
  author: v.pipe(v.nullable(Author), v.description('Null if the comment was deleted but has replies.')),
  isDeleted: v.boolean(),
  repliesCount: v.pipe(
    Count,
    v.metadata({ maximum: maxRepliesCount }),
    v.description(`${maxRepliesCount} stands for that many or more.`),
  ),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  etag: v.pipe(v.string(), v.description('For If-Match.')),
})

/** Responses stored for idempotency may be older than the pictures of authors. */
export const StoredComment = v.object({
  ...Comment.entries,
  author: v.nullable(v.object({ ...Author.entries, avatarUrl: v.optional(v.nullable(v.string()), null) })),
})

export const CommentPage = v.object({
  items: v.array(Comment),
  nextCursor: NextCursor,
  commentsOpen: v.boolean(),
})

export type Comment = v.InferOutput<typeof Comment>
export type NewComment = v.InferOutput<typeof NewComment>
