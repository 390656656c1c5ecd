import * as v from 'valibot'
import { Count, KnownUsername, NextCursor, Timestamp, textUpTo, Uri, Uuid } from '../shared/formats.ts'
import { pageParameters } from '../shared/http/cursor.ts'
import { names } from '../shared/http/names.ts'
import { address, line, text } from '../shared/text.ts'
import { canonical, Username } from '../shared/username.ts'

const DisplayName = line(80)
const Location = line(100)
const Bio = text(500)
const Website = address(['https:', 'http:'])
const AvatarUrl = address(['https:'])
export const Visibility = v.picklist(['public', 'private'])

/** JSON merge-patch (RFC 7396): an absent member keeps its value, null clears it. */
export const ProfilePatch = v.strictObject({
  username: v.optional(Username),
  displayName: v.optional(v.nullable(DisplayName)),
  bio: v.optional(v.nullable(Bio)),
  location: v.optional(v.nullable(Location)),
  website: v.optional(v.nullable(Website)),
  avatarUrl: v.optional(v.nullable(AvatarUrl)),
  visibility: v.optional(Visibility),
})

/** A name of any form, in any case: one that nobody can have is not found, not refused. */
export const UsernameParameter = v.object({ username: KnownUsername })

export const PageQuery = v.strictObject(pageParameters)

export const FollowingQuery = v.strictObject({ usernames: names(30, canonical) })
export const Followed = v.object({
  usernames: v.pipe(v.array(textUpTo(30)), v.description('Those whom you follow, as they were asked for.')),
})

const shown = {
  displayName: v.nullable(textUpTo(80)),
  bio: v.nullable(textUpTo(500)),
  location: v.nullable(textUpTo(100)),
  website: v.nullable(Uri),
  avatarUrl: v.nullable(Uri),
}

export const OwnProfile = v.object({
  id: Uuid,
  username: KnownUsername,
  email: v.pipe(v.string(), v.metadata({ format: 'email', maxLength: 254 })),
  ...shown,
  visibility: Visibility,
  createdAt: Timestamp,
  updatedAt: Timestamp,
})

export const PublicProfile = v.object({
  username: KnownUsername,
  ...shown,
  postsCount: Count,
  followersCount: Count,
  followingCount: Count,
  createdAt: Timestamp,
})

export const Following = v.object({ following: v.boolean() })

export const FollowItem = v.object({
  username: KnownUsername,
  displayName: v.nullable(textUpTo(80)),
  avatarUrl: v.nullable(Uri),
  followedAt: Timestamp,
})

export const FollowPage = v.object({
  items: v.array(FollowItem),
  nextCursor: NextCursor,
})

export type ProfilePatch = v.InferOutput<typeof ProfilePatch>
export type OwnProfile = v.InferOutput<typeof OwnProfile>
export type PublicProfile = v.InferOutput<typeof PublicProfile>
export type FollowItem = v.InferOutput<typeof FollowItem>
