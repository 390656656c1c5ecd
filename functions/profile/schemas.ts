import * as v from 'valibot'
import { pageParameters } from '../shared/http/cursor.ts'
import { Username } from '../shared/username.ts'

/** Length as people count it, near enough: code points and not UTF-16 units. */
const atMost = (limit: number) =>
  v.check<string, string>(text => [...text].length <= limit, `must have at most ${limit} characters`)

const trimmed = v.pipe(
  v.string(),
  v.transform(text => text.replaceAll('\r\n', '\n').normalize('NFC').trim()),
  v.check(text => text !== '', 'must not be empty; null clears it'),
)

/** Control characters, and those that turn the direction of the text that follows on somebody else's page. */
const disruptive = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u
const isOneLine = v.check<string, string>(
  text => !disruptive.test(text),
  'must be one line without control characters',
)
const isText = v.check<string, string>(
  text => !disruptive.test(text.replaceAll(/[\n\t]/g, ' ')),
  'must have no control characters but line breaks and tabs',
)

const line = (limit: number) =>
  v.pipe(trimmed, atMost(limit), isOneLine, v.description(`One line, at most ${limit} characters.`))

/** An address that others will load or follow; kept as the URL standard writes it, which has no odd characters. */
const address = (schemes: readonly string[]) => {
  const expected = schemes.map(scheme => `${scheme}//`).join(' or ')
  return v.pipe(
    trimmed,
    v.maxLength(2_048, 'must have at most 2048 characters'),
    v.check(text => {
      const url = URL.parse(text)
      return url !== null && schemes.includes(url.protocol) && url.username === '' && url.password === ''
    }, `must be an ${expected} address without a password in it`),
    v.transform(text => new URL(text).href),
    v.maxLength(2_048, 'must have at most 2048 characters when its odd characters are percent-encoded'),
    v.description(`An ${expected} address, at most 2048 characters.`),
  )
}

const DisplayName = line(80)
const Location = line(100)
const Bio = v.pipe(trimmed, atMost(500), isText, v.description('At most 500 characters, with line breaks.'))
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
