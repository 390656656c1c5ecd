import type { Operation } from '../../shared/openapi/operation.ts'
import { AccountExport } from '../accounts/export-schemas.ts'
import { Account, AccountDeletion, SecurityEventPage } from '../accounts/schemas.ts'
import { EmailChange } from '../emails/schemas.ts'
import { PasswordChange } from '../passwords/schemas.ts'
import { PageQuery } from '../routes/answers.ts'

const asksForPassword =
  'A wrong password answers 403. Attempts are throttled per session, as those to log in are per email. '

export const accountOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/auth/account',
    operationId: 'getAccount',
    summary: 'Your account',
    authentication: 'required',
    answers: { 200: { description: 'Your account.', schema: Account } },
    problems: [],
  },
  {
    method: 'put',
    path: '/auth/account/password',
    operationId: 'changePassword',
    summary: 'Change your password',
    description: `${asksForPassword}Ends all your other sessions.`,
    authentication: 'required',
    body: PasswordChange,
    answers: { 204: { description: 'It is changed.' } },
    problems: ['forbidden', 'conflict', 'too_many_requests'],
  },
  {
    method: 'put',
    path: '/auth/account/email',
    operationId: 'changeEmail',
    summary: 'Change your e-mail address',
    description: `${asksForPassword}It takes effect at once and is not verified; the former address is told.`,
    authentication: 'required',
    body: EmailChange,
    answers: { 200: { description: 'Your account after the change.', schema: Account } },
    problems: ['forbidden', 'conflict', 'too_many_requests'],
  },
  {
    method: 'post',
    path: '/auth/account/deletion',
    operationId: 'deleteAccount',
    summary: 'Delete your account',
    description:
      `${asksForPassword}Profile, followings and sessions go at once; \`posts\` says what becomes of posts and ` +
      'comments: gone too, or kept without a name. The username stays taken for 90 days.',
    authentication: 'required',
    body: AccountDeletion,
    answers: { 204: { description: 'It is gone.' } },
    problems: ['forbidden', 'too_many_requests'],
  },
  {
    method: 'get',
    path: '/auth/account/export',
    operationId: 'exportAccount',
    summary: 'All that is kept about you, as one JSON document',
    authentication: 'required',
    answers: {
      200: {
        description: 'The document, sent as it is read; ten times an hour.',
        schema: AccountExport,
        headers: { 'Content-Disposition': 'A name for the file.' },
      },
    },
    problems: ['too_many_requests'],
  },
  {
    method: 'get',
    path: '/auth/account/events',
    operationId: 'listSecurityEvents',
    summary: 'What happened to your account, the newest first',
    description: 'Log-ins, failures and changes of the last 180 days, with time, address and client.',
    authentication: 'required',
    query: PageQuery,
    answers: { 200: { description: 'One page.', schema: SecurityEventPage } },
    problems: ['invalid_parameter'],
  },
]
