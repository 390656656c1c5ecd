import { systemOperations } from '../shared/http/system-routes.ts'
import { documented } from '../shared/openapi/documented-operation.ts'
import { AccountExport } from './accounts/export-schemas.ts'
import { accountOperations } from './accounts/routes.ts'
import {
  Account,
  AccountDeletion,
  Role,
  SecurityEvent,
  SecurityEventKind,
  SecurityEventPage,
} from './accounts/schemas.ts'
import { emailOperations } from './emails/routes.ts'
import { EmailChange, EmailVerification } from './emails/schemas.ts'
import { moderationOperations } from './moderation/routes.ts'
import { RoleAssignment, Suspension } from './moderation/schemas.ts'
import { passwordOperations } from './passwords/routes.ts'
import { PasswordChange, PasswordReset, PasswordResetRequest } from './passwords/schemas.ts'
import { sessionOperations } from './sessions/routes.ts'
import {
  JsonWebKey,
  JsonWebKeySet,
  RefreshTokenRequest,
  Session,
  SessionPage,
  Tokens,
} from './sessions/schemas.ts'
import { tokenOperations } from './sessions/token-routes.ts'
import { signInOperations } from './sign-in/routes.ts'
import { LogIn, Registration, SignedIn } from './sign-in/schemas.ts'

/** Every operation of the function, for the OpenAPI document and the tests. */
export const operations = [
  ...signInOperations,
  ...tokenOperations,
  ...sessionOperations,
  ...accountOperations,
  ...passwordOperations,
  ...emailOperations,
  ...moderationOperations,
  ...systemOperations('auth'),
].map(documented)

/** The names of its schemas in `components.schemas`. */
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
