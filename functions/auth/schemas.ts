import * as v from 'valibot'
import { roles } from '../shared/access-token.ts'
import { pageParameters } from '../shared/http/cursor.ts'
import { SessionIdSchema } from '../shared/ids.ts'
import { text } from '../shared/text.ts'
import { Username } from '../shared/username.ts'
import { Email } from './email-address.ts'
import { eventKinds } from './store/events.ts'

/** What may be sent as a password at all; whether it is good enough for a new one is the domain's to say. */
const Password = v.pipe(v.string(), v.maxLength(1_024, 'must have at most 1024 characters'))

const OpaqueToken = v.pipe(v.string(), v.maxLength(256, 'must have at most 256 characters'))

export const RegisterBody = v.strictObject({ email: Email, username: Username, password: Password })
export const LogInBody = v.strictObject({
  email: v.pipe(v.string(), v.maxLength(1_024, 'must have at most 1024 characters')),
  password: Password,
  deviceToken: v.optional(v.pipe(v.string(), v.maxLength(128, 'must have at most 128 characters'))),
})
export const RefreshBody = v.strictObject({ refreshToken: OpaqueToken })
export const ChangePasswordBody = v.strictObject({ currentPassword: Password, newPassword: Password })
export const ChangeEmailBody = v.strictObject({ email: Email, password: Password })
export const DeleteBody = v.strictObject({
  password: Password,
  /** What becomes of posts and comments. */
  posts: v.picklist(['delete', 'anonymise']),
})
export const EmailBody = v.strictObject({ email: Email })
export const TokenBody = v.strictObject({ token: OpaqueToken })
export const ResetBody = v.strictObject({ token: OpaqueToken, password: Password })
export const SuspensionBody = v.strictObject({
  reason: text(500),
})
export const RoleBody = v.strictObject({ role: v.picklist(roles) })

export const PageQuery = v.strictObject(pageParameters)
export const SessionParameter = v.object({ id: v.pipe(v.string(), SessionIdSchema) })
export const UsernameParameter = v.object({ username: v.string() })
/** Which of the own sessions stay. */
export const EndSessionsQuery = v.strictObject({
  keep: v.optional(v.picklist(['current', 'none']), 'none'),
})

export const User = v.object({
  id: v.string(),
  email: v.string(),
  username: v.string(),
  role: v.picklist(roles),
  emailVerified: v.boolean(),
  createdAt: v.string(),
})
export const Tokens = v.object({
  accessToken: v.string(),
  tokenType: v.literal('Bearer'),
  expiresIn: v.pipe(v.number(), v.description('Seconds until the access token expires.')),
  refreshToken: v.string(),
})
export const SignedIn = v.object({
  user: User,
  ...Tokens.entries,
  deviceToken: v.pipe(
    v.string(),
    v.description(
      'Keep it on the device and send it with the next log-in: then no guesses of strangers slow it down.',
    ),
  ),
})

export const SessionItem = v.object({
  id: v.string(),
  client: v.pipe(v.string(), v.description('The User-Agent it was begun with.')),
  createdAt: v.string(),
  lastUsedAt: v.pipe(v.string(), v.description('When its tokens were last refreshed.')),
  expiresAt: v.string(),
  current: v.pipe(v.boolean(), v.description('True for the session of this request.')),
})
export const EventItem = v.object({
  id: v.string(),
  kind: v.picklist(eventKinds),
  address: v.string(),
  client: v.string(),
  occurredAt: v.string(),
})
const pageOf = <Item extends v.GenericSchema>(item: Item) =>
  v.object({ items: v.array(item), nextCursor: v.nullable(v.string()) })
export const SessionPage = pageOf(SessionItem)
export const EventPage = pageOf(EventItem)

const anything = v.array(v.record(v.string(), v.unknown()))
export const AccountExport = v.object({
  account: User,
  profile: anything,
  following: anything,
  followers: anything,
  posts: anything,
  comments: anything,
  favorites: anything,
  sessions: anything,
  securityEvents: anything,
})

export const JsonWebKeySet = v.object({
  keys: v.array(
    v.object({
      kty: v.literal('OKP'),
      crv: v.literal('Ed25519'),
      alg: v.literal('EdDSA'),
      use: v.literal('sig'),
      kid: v.string(),
      x: v.string(),
      nbf: v.optional(v.pipe(v.number(), v.description('Unix time from which it signs.'))),
      exp: v.optional(
        v.pipe(v.number(), v.description('Unix time from which nothing signed with it is good.')),
      ),
    }),
  ),
})

export type RegisterBody = v.InferOutput<typeof RegisterBody>
export type LogInBody = v.InferOutput<typeof LogInBody>
export type DeleteBody = v.InferOutput<typeof DeleteBody>
export type User = v.InferOutput<typeof User>
export type Tokens = v.InferOutput<typeof Tokens>
export type SignedIn = v.InferOutput<typeof SignedIn>
export type SessionItem = v.InferOutput<typeof SessionItem>
export type EventItem = v.InferOutput<typeof EventItem>
