import * as v from 'valibot'
import { Client, Count, NextCursor, Timestamp, textUpTo, UnixTime, Uuid } from '../../shared/formats.ts'
import { inPath, SessionIdSchema } from '../../shared/ids.ts'
import { upTo } from '../../shared/text.ts'

/** A refresh token or an email token; those issued have 43 characters. */
export const OpaqueToken = upTo(256)

export const RefreshTokenRequest = v.strictObject({ refreshToken: OpaqueToken })

export const Tokens = v.object({
  accessToken: textUpTo(2_048),
  tokenType: v.literal('Bearer'),
  expiresIn: v.pipe(Count, v.description('Seconds until the access token expires.')),
  refreshToken: textUpTo(256),
})
export type Tokens = v.InferOutput<typeof Tokens>

export const noSuchSession = 'You have no such session.'
export const SessionParameter = v.object({
  id: inPath(SessionIdSchema, noSuchSession),
})
/** `keep` names the sessions of the caller that stay. */
export const EndSessionsQuery = v.strictObject({
  keep: v.optional(v.picklist(['current', 'none']), 'none'),
})

export const Session = v.object({
  id: Uuid,
  client: v.pipe(Client, v.description('The User-Agent that started the session.')),
  createdAt: Timestamp,
  lastUsedAt: v.pipe(Timestamp, v.description('When its tokens were last refreshed.')),
  expiresAt: Timestamp,
  current: v.pipe(v.boolean(), v.description('True for the session of this request.')),
})
export type Session = v.InferOutput<typeof Session>

export const SessionPage = v.object({ items: v.array(Session), nextCursor: NextCursor })

export const JsonWebKey = v.object({
  kty: v.literal('OKP'),
  crv: v.literal('Ed25519'),
  alg: v.literal('EdDSA'),
  use: v.literal('sig'),
  kid: v.string(),
  x: v.string(),
  nbf: v.optional(v.pipe(UnixTime, v.description('Unix time after which it signs.'))),
  exp: v.optional(
    v.pipe(UnixTime, v.description('Unix time after which its signatures are no longer accepted.')),
  ),
})
export const JsonWebKeySet = v.object({ keys: v.array(JsonWebKey) })
