import * as v from 'valibot'
import { Count, KnownUsername, Timestamp, textUpTo, Uri, Uuid } from '../../shared/formats.ts'
import { address, line, text } from '../../shared/text.ts'
import { Username } from '../../shared/username.ts'

export const Visibility = v.picklist(['public', 'private'])

/** JSON merge-patch (RFC 7396): an absent member keeps its value, null clears it. */
export const ProfilePatch = v.strictObject({
  username: v.optional(Username),
  displayName: v.optional(v.nullable(line(80))),
  bio: v.optional(v.nullable(text(500))),
  location: v.optional(v.nullable(line(100))),
  website: v.optional(v.nullable(address(['https:', 'http:']))),
  avatarUrl: v.optional(v.nullable(address(['https:']))),
  visibility: v.optional(Visibility),
})

/** Any text: a name that nobody can have gets 404 from the use case, not 400 here. */
export const UsernameParameter = v.object({ username: KnownUsername })

const texts = {
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
  ...texts,
  visibility: Visibility,
  createdAt: Timestamp,
  updatedAt: Timestamp,
})

export const PublicProfile = v.object({
  username: KnownUsername,
  ...texts,
  postsCount: Count,
  followersCount: Count,
  followingCount: Count,
  createdAt: Timestamp,
})

export type ProfilePatch = v.InferOutput<typeof ProfilePatch>
export type OwnProfile = v.InferOutput<typeof OwnProfile>
export type PublicProfile = v.InferOutput<typeof PublicProfile>

type FieldName = Exclude<keyof ProfilePatch, 'username'>
/** The fields that the owner of a profile writes: the members of a patch, apart from the username of the account. */
export type ProfileFields = { [Name in FieldName]-?: Exclude<ProfilePatch[Name], undefined> }
