import { AccountExport } from '../accounts/export-schemas.ts'
import * as schemas from '../schemas.ts'

/** Names of the schemas of auth in `components.schemas`. */
export const namedSchemas = {
  Account: schemas.User,
  Role: schemas.Role,
  SecurityEventKind: schemas.EventKind,
  Tokens: schemas.Tokens,
  SignedIn: schemas.SignedIn,
  Session: schemas.SessionItem,
  SessionPage: schemas.SessionPage,
  SecurityEvent: schemas.EventItem,
  SecurityEventPage: schemas.EventPage,
  AccountExport,
  JsonWebKey: schemas.JsonWebKey,
  JsonWebKeySet: schemas.JsonWebKeySet,
  Registration: schemas.RegisterBody,
  LogIn: schemas.LogInBody,
  RefreshTokenRequest: schemas.RefreshBody,
  PasswordChange: schemas.ChangePasswordBody,
  EmailChange: schemas.ChangeEmailBody,
  AccountDeletion: schemas.DeleteBody,
  EmailVerification: schemas.TokenBody,
  PasswordResetRequest: schemas.EmailBody,
  PasswordReset: schemas.ResetBody,
  Suspension: schemas.SuspensionBody,
  RoleAssignment: schemas.RoleBody,
}
