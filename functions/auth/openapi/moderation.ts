import type { Operation } from '../../shared/openapi/operation.ts'
import { RoleAssignment, Suspension, UsernameParameter } from '../moderation/schemas.ts'

const lowerOnly = 'Only on accounts of a lower role than your own. '

export const moderationOperations: readonly Operation[] = [
  {
    method: 'put',
    path: '/auth/accounts/{username}/suspension',
    operationId: 'suspendAccount',
    summary: 'Suspend an account (moderators, admins)',
    description: `${lowerOnly}Its sessions end, and it cannot log in until it is restored.`,
    authentication: 'required',
    pathParameters: UsernameParameter,
    body: Suspension,
    answers: { 204: { description: 'It is suspended.' } },
    problems: ['forbidden', 'not_found'],
  },
  {
    method: 'delete',
    path: '/auth/accounts/{username}/suspension',
    operationId: 'restoreAccount',
    summary: 'Restore an account (moderators, admins)',
    description: lowerOnly,
    authentication: 'required',
    pathParameters: UsernameParameter,
    answers: { 204: { description: 'It is not suspended.' } },
    problems: ['forbidden', 'not_found'],
  },
  {
    method: 'put',
    path: '/auth/accounts/{username}/role',
    operationId: 'setRole',
    summary: 'Give an account a role (admins)',
    description: `${lowerOnly}Its sessions end, since the role stands in the access token.`,
    authentication: 'required',
    pathParameters: UsernameParameter,
    body: RoleAssignment,
    answers: { 204: { description: 'It has the role.' } },
    problems: ['forbidden', 'not_found'],
  },
]
