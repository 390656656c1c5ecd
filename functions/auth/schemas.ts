import * as v from 'valibot'
import { roles } from '../shared/access-token.ts'
import {
  Client,
  Count,
  IpAddress,
  KnownUsername,
  NextCursor,
  Timestamp,
  textUpTo,
  UnixTime,
  Uuid,
} from '../shared/formats.ts'
import { pageParameters } from '../shared/http/cursor.ts'
import { SessionIdSchema } from '../shared/ids.ts'
import { text } from '../shared/text.ts'
import { Username } from '../shared/username.ts'
import { eventKinds } from './accounts/event-queries.ts'
import { Email } from './emails/email-address.ts'

export const Role = v.picklist(roles)
export const EventKind = v.picklist(eventKinds)

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
export const RoleBody = v.strictObject({ role: Role })

export const PageQuery = v.strictObject(pageParameters)
export const SessionParameter = v.object({ id: v.pipe(v.string(), SessionIdSchema) })
export const UsernameParameter = v.object({ username: KnownUsername })
/** Which of the own sessions stay. */
export const EndSessionsQuery = v.strictObject({
  keep: v.optional(v.picklist(['current', 'none']), 'none'),
})

export const User = v.object({
  id: Uuid,
  email: v.pipe(v.string(), v.metadata({ format: 'email', maxLength: 254 })),
  username: KnownUsername,
  role: Role,
  emailVerified: v.boolean(),
  createdAt: Timestamp,
})
export const Tokens = v.object({
  accessToken: textUpTo(2_048),
  tokenType: v.literal('Bearer'),
  expiresIn: v.pipe(Count, v.description('Seconds until the access token expires.')),
  refreshToken: textUpTo(256),
})
export const SignedIn = v.object({
  user: User,
  ...Tokens.entries,
  deviceToken: v.pipe(
    textUpTo(128),
    v.description(
      'Keep it on the device and send it with the next log-in: then no guesses of strangers slow it down.',
    ),
  ),
})

export const SessionItem = v.object({
  id: Uuid,
  client: v.pipe(Client, v.description('The User-Agent it was begun with.')),
  createdAt: Timestamp,
  lastUsedAt: v.pipe(Timestamp, v.description('When its tokens were last refreshed.')),
  expiresAt: Timestamp,
  current: v.pipe(v.boolean(), v.description('True for the session of this request.')),
})
export const EventItem = v.object({
  id: Uuid,
  kind: EventKind,
  address: IpAddress,
  client: Client,
  occurredAt: Timestamp,
})
const pageOf = <Item extends v.GenericSchema>(item: Item) =>
  v.object({ items: v.array(item), nextCursor: NextCursor })
export const SessionPage = pageOf(SessionItem)
export const EventPage = pageOf(EventItem)

export const JsonWebKey = v.object({
  kty: v.literal('OKP'),
  crv: v.literal('Ed25519'),
  alg: v.literal('EdDSA'),
  use: v.literal('sig'),
  kid: v.string(),
  x: v.string(),
  nbf: v.optional(v.pipe(UnixTime, v.description('Unix time from which it signs.'))),
  exp: v.optional(v.pipe(UnixTime, v.description('Unix time from which nothing signed with it is good.'))),
})
export const JsonWebKeySet = v.object({ keys: v.array(JsonWebKey) })

export type RegisterBody = v.InferOutput<typeof RegisterBody>
export type LogInBody = v.InferOutput<typeof LogInBody>
export type DeleteBody = v.InferOutput<typeof DeleteBody>
export type User = v.InferOutput<typeof User>
export type Tokens = v.InferOutput<typeof Tokens>
export type SignedIn = v.InferOutput<typeof SignedIn>
export type SessionItem = v.InferOutput<typeof SessionItem>
export type EventItem = v.InferOutput<typeof EventItem>
