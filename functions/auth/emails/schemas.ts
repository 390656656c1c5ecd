import * as v from 'valibot'
import { Password } from '../passwords/schemas.ts'
import { OpaqueToken } from '../sessions/schemas.ts'
import { Email } from './email-address.ts'

export const EmailChange = v.strictObject({ email: Email, password: Password })
export type EmailChange = v.InferOutput<typeof EmailChange>

export const EmailVerification = v.strictObject({ token: OpaqueToken })
