import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import type { Dependencies } from '../dependencies.ts'
import { needsEmail } from '../emails/documentation.ts'
import { noContent, noStore } from '../http/responses.ts'
import type { LimitName } from '../limits.ts'
import { changePassword } from './change-password.ts'
import { reauthenticates } from './documentation.ts'
import { requestPasswordReset, resetPassword } from './reset-password.ts'
import { PasswordChange, PasswordReset, PasswordResetRequest } from './schemas.ts'

const changePasswordOperation = operation({
  method: 'put',
  path: '/auth/account/password',
  authentication: 'required',
  limit: 'sign-in',
  body: PasswordChange,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'changePassword',
        summary: 'Change your password',
        description: reauthenticates('Revokes all your other sessions.'),
        responses: { 204: { description: 'Password updated.' } },
        problems: ['forbidden', 'conflict'],
      },
})

const requestPasswordResetOperation = operation({
  method: 'post',
  path: '/auth/password/reset',
  authentication: 'none',
  limit: 'sign-in',
  body: PasswordResetRequest,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'requestPasswordReset',
        summary: 'Request a password reset email',
        description: needsEmail('The response is the same whether or not an account exists for the address.'),
        responses: { 202: { description: 'If an account exists for this address, an email is sent.' } },
        problems: ['not_configured'],
      },
})

const resetPasswordOperation = operation({
  method: 'post',
  path: '/auth/password/reset/confirm',
  authentication: 'none',
  limit: 'sign-in',
  body: PasswordReset,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'resetPassword',
        summary: 'Reset a password with the token from the email',
        description: needsEmail(
          'Revokes all sessions of the account. The token stays valid if the new password is rejected.',
        ),
        responses: { 204: { description: 'Password updated, sessions revoked.' } },
        problems: ['not_configured'],
      },
})

export const passwordOperations = [
  changePasswordOperation,
  requestPasswordResetOperation,
  resetPasswordOperation,
]

export function passwordRoutes(
  app: HttpApp,
  guards: Guards<LimitName>,
  { dependencies, callerOf }: { readonly dependencies: Dependencies; readonly callerOf: CallerOf },
): void {
  route(app, guards, changePasswordOperation, async (c, { actor, body }) => {
    await changePassword(dependencies, { ...body, actor, caller: callerOf(c) })
    return noContent(c)
  })

  route(app, guards, requestPasswordResetOperation, async (c, { body }) => {
    await requestPasswordReset(dependencies, body)
    return c.body(null, 202, noStore)
  })

  route(app, guards, resetPasswordOperation, async (c, { body }) => {
    await resetPassword(dependencies, { ...body, caller: callerOf(c) })
    return noContent(c)
  })
}
