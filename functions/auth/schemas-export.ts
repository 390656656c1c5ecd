import * as v from 'valibot'
import { KnownUsername, Timestamp, textUpTo, Uri, Uuid } from '../shared/formats.ts'
import { User } from './schemas.ts'
import { eventKinds } from './store/events.ts'

const ExportedName = v.object({ username: KnownUsername })
/** As the views `…exported_…` of the functions make them. */
export const AccountExport = v.object({
  account: User,
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
      slug: v.string(),
      state: v.picklist(['draft', 'scheduled', 'published', 'archived']),
      title: v.string(),
      summary: v.nullable(v.string()),
      body: v.string(),
      tags: v.array(v.string()),
      language: v.nullable(v.string()),
      coverImageUrl: v.nullable(Uri),
      canonicalUrl: v.nullable(Uri),
      createdAt: Timestamp,
      updatedAt: Timestamp,
      publishedAt: v.nullable(Timestamp),
    }),
  ),
  comments: v.array(
    v.object({ post: v.string(), body: v.string(), createdAt: Timestamp, updatedAt: Timestamp }),
  ),
  favorites: v.array(v.object({ post: v.string() })),
  sessions: v.array(
    v.object({
      id: Uuid,
      client: v.string(),
      createdAt: Timestamp,
      lastUsedAt: Timestamp,
      endedAt: v.nullable(Timestamp),
    }),
  ),
  securityEvents: v.array(
    v.object({
      kind: v.picklist(eventKinds),
      occurredAt: Timestamp,
      address: v.string(),
      client: v.string(),
    }),
  ),
})
