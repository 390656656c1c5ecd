import * as v from 'valibot'
import { pageParameters } from '../shared/http/cursor.ts'
import { names } from '../shared/http/names.ts'
import { address, line, text } from '../shared/text.ts'
import { canonical, Username } from '../shared/username.ts'

const DisplayName = line(80)
const Location = line(100)
const Bio = text(500)
const Website = address(['https:', 'http:'])
const AvatarUrl = address(['https:'])
const Visibility = v.picklist(['public', 'private'])

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
export const UsernameParameter = v.object({ username: v.string() })

export const PageQuery = v.strictObject(pageParameters)

export const FollowingQuery = v.strictObject({ usernames: names(30, canonical) })
export const Followed = v.object({
  usernames: v.pipe(v.array(v.string()), v.description('Those whom you follow, as they were asked for.')),
})

const shown = {
  displayName: v.nullable(v.string()),
  bio: v.nullable(v.string()),
  location: v.nullable(v.string()),
  website: v.nullable(v.string()),
  avatarUrl: v.nullable(v.string()),
}

export const OwnProfile = v.object({
  id: v.string(),
  username: v.string(),
  email: v.string(),
  ...shown,
  visibility: Visibility,
  createdAt: v.string(),
  updatedAt: v.string(),
})

export const PublicProfile = v.object({
  username: v.string(),
  ...shown,
  postsCount: v.number(),
  followersCount: v.number(),
  followingCount: v.number(),
  createdAt: v.string(),
})

export const Following = v.object({ following: v.boolean() })

export const FollowPage = v.object({
  items: v.array(
    v.object({
      username: v.string(),
      displayName: v.nullable(v.string()),
      avatarUrl: v.nullable(v.string()),
      followedAt: v.string(),
    }),
  ),
  nextCursor: v.nullable(v.string()),
})

export type ProfilePatch = v.InferOutput<typeof ProfilePatch>
export type OwnProfile = v.InferOutput<typeof OwnProfile>
export type PublicProfile = v.InferOutput<typeof PublicProfile>
export type FollowItem = v.InferOutput<typeof FollowPage>['items'][number]
