import { AccountExport } from '../accounts/export-schemas.ts'
import {
  Account,
  AccountDeletion,
  Role,
  SecurityEvent,
  SecurityEventKind,
  SecurityEventPage,
} from '../accounts/schemas.ts'
import { EmailChange, EmailVerification } from '../emails/schemas.ts'
import { RoleAssignment, Suspension } from '../moderation/schemas.ts'
import { PasswordChange, PasswordReset, PasswordResetRequest } from '../passwords/schemas.ts'
import {
  JsonWebKey,
  JsonWebKeySet,
  RefreshTokenRequest,
  Session,
  SessionPage,
  Tokens,
} from '../sessions/schemas.ts'
import { LogIn, Registration, SignedIn } from '../sign-in/schemas.ts'

/** Names of the schemas of auth in `components.schemas`. */
export const namedSchemas = {
  Account,
  Role,
  SecurityEventKind,
  Tokens,
  SignedIn,
  Session,
  SessionPage,
  SecurityEvent,
  SecurityEventPage,
  AccountExport,
  JsonWebKey,
  JsonWebKeySet,
  Registration,
  LogIn,
  RefreshTokenRequest,
  PasswordChange,
  EmailChange,
  AccountDeletion,
  EmailVerification,
  PasswordResetRequest,
  PasswordReset,
  Suspension,
  RoleAssignment,
}
