import * as v from 'valibot'
import { textUpTo } from '../../shared/formats.ts'
import { upTo } from '../../shared/text.ts'
import { Username } from '../../shared/username.ts'
import { Account } from '../accounts/schemas.ts'
import { Email } from '../emails/email-address.ts'
import { Password } from '../passwords/schemas.ts'
import { Tokens } from '../sessions/schemas.ts'

export const Registration = v.strictObject({ email: Email, username: Username, password: Password })
export type Registration = v.InferOutput<typeof Registration>

export const LogIn = v.strictObject({
  email: upTo(1_024),
  password: Password,
  deviceToken: v.optional(upTo(128)),
})
export type LogIn = v.InferOutput<typeof LogIn>

export const SignedIn = v.object({
  user: Account,
  ...Tokens.entries,
  deviceToken: v.pipe(
    textUpTo(128),
    v.description(
      'Store it on the device and send it with the next sign-in, so that guesses by strangers do not throttle the device.',
    ),
  ),
})
export type SignedIn = v.InferOutput<typeof SignedIn>
