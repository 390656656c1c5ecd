import type { HttpApp } from '../../shared/http/context.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import type { LimitName } from '../limits.ts'
import { noContent } from '../responses.ts'
import { assignRole, type ModerationDependencies, restoreAccount, suspendAccount } from './moderation.ts'
import { RoleAssignment, Suspension, UsernameParameter } from './schemas.ts'

/** A function, so that bundles drop the text. */
const describe = (text = '') => `Only on accounts of a lower role than your own. ${text}`

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
        summary: 'Suspend an account (moderators, admins)',
        description: describe('Its sessions end, and it cannot log in until it is restored.'),
        responses: { 204: { description: 'It is suspended.' } },
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
        summary: 'Restore an account (moderators, admins)',
        description: describe(),
        responses: { 204: { description: 'It is not suspended.' } },
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
        summary: 'Give an account a role (admins)',
        description: describe('Its sessions end, since the role stands in the access token.'),
        responses: { 204: { description: 'It has the role.' } },
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
