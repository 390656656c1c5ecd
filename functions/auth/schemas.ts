import * as v from 'valibot'

/** NFKC and lower case: the form in which two spellings of one name or address are the same. */
export const canonical = (text: string) => text.normalize('NFKC').toLowerCase()

/** Paths of `profile` and names that would let someone pass for the service. */
const reservedUsernames = new Set([
  ...['health', 'openapi', 'me', 'followers', 'following', 'export', 'settings'],
  ...['admin', 'administrator', 'root', 'system', 'support', 'security', 'moderator', 'staff', 'api', 'www'],
  ...['auth', 'profile', 'posts', 'feed', 'null', 'undefined', 'anonymous', 'deleted'],
])

export const Email = v.pipe(
  v.string(),
  v.transform(text => text.normalize('NFKC').trim()),
  v.maxLength(254, 'must have at most 254 characters'),
  v.email('must be an e-mail address'),
)

export const Username = v.pipe(
  v.string(),
  v.transform(text => text.normalize('NFKC').trim()),
  v.minLength(3, 'must have at least 3 characters'),
  v.maxLength(30, 'must have at most 30 characters'),
  v.regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/,
    'may have letters a–z, digits, and - or _ between them',
  ),
  v.check(text => !reservedUsernames.has(canonical(text)), 'is reserved'),
)

/** What may be sent as a password at all; whether it is good enough for a new one is the domain's to say. */
const Password = v.pipe(v.string(), v.maxLength(1_024, 'must have at most 1024 characters'))

const RefreshToken = v.pipe(v.string(), v.maxLength(256, 'must have at most 256 characters'))

export const RegisterBody = v.strictObject({ email: Email, username: Username, password: Password })
export const LogInBody = v.strictObject({ email: v.pipe(v.string(), v.maxLength(1_024)), password: Password })
export const RefreshBody = v.strictObject({ refreshToken: RefreshToken })

export const User = v.object({
  id: v.string(),
  email: v.string(),
  username: v.string(),
  createdAt: v.string(),
})
export const Tokens = v.object({
  accessToken: v.string(),
  tokenType: v.literal('Bearer'),
  expiresIn: v.number(),
  refreshToken: v.string(),
})
export const SignedIn = v.object({ user: User, ...Tokens.entries })

export type RegisterBody = v.InferOutput<typeof RegisterBody>
export type LogInBody = v.InferOutput<typeof LogInBody>
export type Tokens = v.InferOutput<typeof Tokens>
export type SignedIn = v.InferOutput<typeof SignedIn>
