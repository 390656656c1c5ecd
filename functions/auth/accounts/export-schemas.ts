import * as v from 'valibot'
import { Client, IpAddress, KnownUsername, Timestamp, textUpTo, Uri, Uuid } from '../../shared/formats.ts'
import { Account, SecurityEventKind } from './schemas.ts'

const ExportedName = v.object({ username: KnownUsername })
const PostSlug = v.pipe(
  v.nullable(textUpTo(112)),
  v.description('The slug of the post; null while its author hides it.'),
)
/** The items are built by the views `exported_…` of the other functions. */
export const AccountExport = v.object({
  account: Account,
  profile: v.array(
    v.object({
      displayName: v.nullable(textUpTo(80)),
      bio: v.nullable(textUpTo(500)),
      location: v.nullable(textUpTo(100)),
      website: v.nullable(Uri),
      avatarUrl: v.nullable(Uri),
      visibility: v.picklist(['public', 'private']),
      updatedAt: Timestamp,
    }),
  ),
  following: v.array(ExportedName),
  followers: v.array(ExportedName),
  posts: v.array(
    v.object({
      slug: textUpTo(112),
      state: v.picklist(['draft', 'scheduled', 'published', 'archived']),
      title: textUpTo(200),
      summary: v.nullable(textUpTo(500)),
      body: textUpTo(100_000),
      tags: v.array(textUpTo(40)),
      language: v.nullable(textUpTo(3)),
      coverImageUrl: v.nullable(Uri),
      canonicalUrl: v.nullable(Uri),
      commentsOpen: v.boolean(),
      createdAt: Timestamp,
      updatedAt: Timestamp,
      publishedAt: v.nullable(Timestamp),
    }),
  ),
  comments: v.array(
    v.object({ post: PostSlug, body: textUpTo(10_000), createdAt: Timestamp, updatedAt: Timestamp }),
  ),
  favorites: v.array(v.object({ post: PostSlug })),
  sessions: v.array(
    v.object({
      id: Uuid,
      client: Client,
      createdAt: Timestamp,
      lastUsedAt: Timestamp,
      endedAt: v.nullable(Timestamp),
    }),
  ),
  securityEvents: v.array(
    v.object({
      kind: SecurityEventKind,
      occurredAt: Timestamp,
      address: IpAddress,
      client: Client,
    }),
  ),
})
