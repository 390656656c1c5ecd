import * as v from 'valibot'
import { Email } from '../emails/email-address.ts'
import { OpaqueToken } from '../sessions/schemas.ts'

/** What can be sent as a password; whether a new one is strong enough is for `assertStrongPassword` to say. */
export const Password = v.pipe(v.string(), v.maxLength(1_024, 'must have at most 1024 characters'))

export const PasswordChange = v.strictObject({ currentPassword: Password, newPassword: Password })
export type PasswordChange = v.InferOutput<typeof PasswordChange>

export const PasswordResetRequest = v.strictObject({ email: Email })

export const PasswordReset = v.strictObject({ token: OpaqueToken, password: Password })
export type PasswordReset = v.InferOutput<typeof PasswordReset>
