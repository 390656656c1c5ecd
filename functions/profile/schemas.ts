import * as v from 'valibot'

/** Length as people count it, near enough: code points and not UTF-16 units. */
const atMost = (limit: number) =>
  v.check<string, string>(text => [...text].length <= limit, `must have at most ${limit} characters`)

const trimmed = v.pipe(
  v.string(),
  v.transform(text => text.normalize('NFC').trim()),
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

const withoutCredentials = (url: URL) => url.username === '' && url.password === ''

/** An address others will load or follow: kept in the form the URL standard writes it. */
const httpsUrl = v.pipe(
  trimmed,
  v.maxLength(2_048, 'must have at most 2048 characters'),
  v.check(text => {
    const url = URL.parse(text)
    return url?.protocol === 'https:' && withoutCredentials(url)
  }, 'must be an https:// address without a password'),
  v.transform(text => new URL(text).href),
)

const DisplayName = v.pipe(trimmed, atMost(80), isOneLine)
const Bio = v.pipe(
  v.string(),
  v.transform(text => text.replaceAll('\r\n', '\n')),
  trimmed,
  atMost(500),
  isText,
)

/** JSON merge-patch (RFC 7396): an absent member keeps its value, null clears it. */
export const ProfilePatch = v.strictObject({
  displayName: v.optional(v.nullable(DisplayName)),
  bio: v.optional(v.nullable(Bio)),
  avatarUrl: v.optional(v.nullable(httpsUrl)),
})

/** A name of any form, in any case: one that nobody can have is not found, not refused. */
export const UsernameParameter = v.object({ username: v.string() })

const shown = {
  displayName: v.nullable(v.string()),
  bio: v.nullable(v.string()),
  avatarUrl: v.nullable(v.string()),
}

export const OwnProfile = v.object({
  id: v.string(),
  username: v.string(),
  email: v.string(),
  ...shown,
  createdAt: v.string(),
  updatedAt: v.string(),
})

export const PublicProfile = v.object({ username: v.string(), ...shown, createdAt: v.string() })

export type ProfilePatch = v.InferOutput<typeof ProfilePatch>
export type OwnProfile = v.InferOutput<typeof OwnProfile>
export type PublicProfile = v.InferOutput<typeof PublicProfile>
