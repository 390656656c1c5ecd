import type { HttpApp } from '../../shared/http/context.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import { noContent } from '../http/responses.ts'
import type { LimitName } from '../limits.ts'
import { assignRole, type ModerationDependencies, restoreAccount, suspendAccount } from './moderation.ts'
import { RoleAssignment, Suspension, UsernameParameter } from './schemas.ts'

/** A function, so that bundles drop the text. */
const describe = (text = '') => `Applies only to accounts whose role is lower than yours. ${text}`

const suspendAccountOperation = operation({
  method: 'put',
  path: '/auth/accounts/{username}/suspension',
  authentication: 'required',
  pathParameters: UsernameParameter,
  body: Suspension,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'suspendAccount',
        summary: 'Suspend an account (moderators and admins)',
        description: describe(
          'Revokes its sessions and prevents sign-in until it is restored. Its profile, posts and comments stay public. The ' +
            'reason is stored, and shown to nobody by the API.',
        ),
        responses: { 204: { description: 'Account suspended.' } },
        problems: ['forbidden', 'not_found'],
      },
})

const restoreAccountOperation = operation({
  method: 'delete',
  path: '/auth/accounts/{username}/suspension',
  authentication: 'required',
  pathParameters: UsernameParameter,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'restoreAccount',
        summary: 'Restore a suspended account (moderators and admins)',
        description: describe(),
        responses: { 204: { description: 'Account restored.' } },
        problems: ['forbidden', 'not_found'],
      },
})

const assignRoleOperation = operation({
  method: 'put',
  path: '/auth/accounts/{username}/role',
  authentication: 'required',
  pathParameters: UsernameParameter,
  body: RoleAssignment,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'setRole',
        summary: 'Set the role of an account (admins)',
        description: describe('Revokes its sessions, because access tokens carry the role.'),
        responses: { 204: { description: 'Role updated.' } },
        problems: ['forbidden', 'not_found'],
      },
})

export const moderationOperations = [suspendAccountOperation, restoreAccountOperation, assignRoleOperation]

export function moderationRoutes(
  app: HttpApp,
  guards: Guards<LimitName>,
  dependencies: ModerationDependencies,
): void {
  route(app, guards, suspendAccountOperation, async (c, { actor, params, body }) => {
    await suspendAccount(dependencies, { ...params, ...body, actor })
    return noContent(c)
  })

  route(app, guards, restoreAccountOperation, async (c, { actor, params }) => {
    await restoreAccount(dependencies, { ...params, actor })
    return noContent(c)
  })

  route(app, guards, assignRoleOperation, async (c, { actor, params, body }) => {
    await assignRole(dependencies, { ...params, ...body, actor })
    return noContent(c)
  })
}
