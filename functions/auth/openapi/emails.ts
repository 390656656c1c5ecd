import type { Operation } from '../../shared/openapi/operation.ts'
import { EmailVerification } from '../emails/schemas.ts'
import { PasswordReset, PasswordResetRequest } from '../passwords/schemas.ts'

const needsMail = 'Answers 501 where the service has no server to send mail with. '

export const emailOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/auth/email/verification',
    operationId: 'requestEmailVerification',
    summary: 'Have a mail sent that verifies your address',
    description: `${needsMail}Registration and a change of address send one by themselves.`,
    authentication: 'required',
    answers: {
      202: { description: 'An email is sent, unless the address is verified or was sent enough today.' },
    },
    problems: ['not_configured'],
  },
  {
    method: 'post',
    path: '/auth/email/verification/confirm',
    operationId: 'confirmEmail',
    summary: 'Verify an address with the token of the mail',
    description: needsMail,
    authentication: 'none',
    body: EmailVerification,
    answers: { 204: { description: 'The address is verified.' } },
    problems: ['not_configured', 'too_many_requests'],
  },
  {
    method: 'post',
    path: '/auth/password/reset',
    operationId: 'requestPasswordReset',
    summary: 'Have a mail sent that resets a password',
    description: `${needsMail}The answer is the same whether or not the address has an account.`,
    authentication: 'none',
    body: PasswordResetRequest,
    answers: { 202: { description: 'If an account exists for this address, an email is sent.' } },
    problems: ['not_configured', 'too_many_requests'],
  },
  {
    method: 'post',
    path: '/auth/password/reset/confirm',
    operationId: 'resetPassword',
    summary: 'Set a new password with the token of the mail',
    description: `${needsMail}Ends all sessions of the account. A password that is refused does not spend the token.`,
    authentication: 'none',
    body: PasswordReset,
    answers: { 204: { description: 'The new password is set.' } },
    problems: ['not_configured', 'too_many_requests'],
  },
]
