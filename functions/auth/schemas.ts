import * as v from 'valibot'
import { Username } from '../shared/username.ts'

export const Email = v.pipe(
  v.string(),
  v.transform(text => text.normalize('NFKC').trim()),
  v.maxLength(254, 'must have at most 254 characters'),
  v.email('must be an e-mail address'),
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

export const JsonWebKeySet = v.object({
  keys: v.array(
    v.object({
      kty: v.literal('OKP'),
      crv: v.literal('Ed25519'),
      alg: v.literal('EdDSA'),
      use: v.literal('sig'),
      kid: v.string(),
      x: v.string(),
    }),
  ),
})

export type RegisterBody = v.InferOutput<typeof RegisterBody>
export type LogInBody = v.InferOutput<typeof LogInBody>
export type Tokens = v.InferOutput<typeof Tokens>
export type SignedIn = v.InferOutput<typeof SignedIn>
