import * as v from 'valibot'
import { roles } from '../../shared/access-token.ts'
import { Client, IpAddress, KnownUsername, NextCursor, Timestamp, Uuid } from '../../shared/formats.ts'
import { Password } from '../passwords/schemas.ts'

export const Role = v.picklist(roles)

export const Account = v.object({
  id: Uuid,
  email: v.pipe(v.string(), v.metadata({ format: 'email', maxLength: 254 })),
  username: KnownUsername,
  role: Role,
  emailVerified: v.boolean(),
  createdAt: Timestamp,
})
export type Account = v.InferOutput<typeof Account>

export const AccountDeletion = v.strictObject({
  password: Password,
  /** Decides about posts and comments. */
  posts: v.picklist(['delete', 'anonymise']),
})
export type AccountDeletion = v.InferOutput<typeof AccountDeletion>

export const SecurityEventKind = v.picklist([
  'registered',
  'logged_in',
  'log_in_failed',
  'logged_out',
  'session_ended',
  'sessions_ended',
  'refresh_token_reused',
  'password_changed',
  'password_reset',
  'email_changed',
  'email_verified',
  'username_changed',
  'data_exported',
  'role_changed',
  'suspended',
  'restored',
])
export type SecurityEventKind = v.InferOutput<typeof SecurityEventKind>

export const SecurityEvent = v.object({
  id: Uuid,
  kind: SecurityEventKind,
  address: IpAddress,
  client: Client,
  occurredAt: Timestamp,
})
export type SecurityEvent = v.InferOutput<typeof SecurityEvent>

export const SecurityEventPage = v.object({ items: v.array(SecurityEvent), nextCursor: NextCursor })
