import * as v from 'valibot'
import { upTo } from '../../shared/text.ts'
import { Email } from '../emails/email-address.ts'
import { OpaqueToken } from '../sessions/schemas.ts'

/** Any text that can be sent as a password; `assertStrongPassword` decides whether a new one is strong enough. */
export const Password = upTo(1_024)

export const PasswordChange = v.strictObject({ currentPassword: Password, newPassword: Password })
export type PasswordChange = v.InferOutput<typeof PasswordChange>

export const PasswordResetRequest = v.strictObject({ email: Email })

export const PasswordReset = v.strictObject({ token: OpaqueToken, password: Password })
export type PasswordReset = v.InferOutput<typeof PasswordReset>
