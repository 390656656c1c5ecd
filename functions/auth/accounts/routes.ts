import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { cutOnFailure } from '../../shared/http/cut-on-failure.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import type { Log } from '../../shared/log.ts'
import type { Dependencies } from '../dependencies.ts'
import { noContent, noStore, PageQuery, respondPage } from '../http/responses.ts'
import type { LimitName } from '../limits.ts'
import { reauthenticates } from '../passwords/documentation.ts'
import { deleteAccount } from './delete-account.ts'
import { exportAccount } from './export-account.ts'
import { AccountExport } from './export-schemas.ts'
import { getAccount } from './get-account.ts'
import { listSecurityEvents } from './list-security-events.ts'
import { Account, AccountDeletion, SecurityEventPage } from './schemas.ts'

const getAccountOperation = operation({
  method: 'get',
  path: '/auth/account',
  authentication: 'required',
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'getAccount',
        summary: 'Get your account',
        description: 'What others see is the profile: `GET /profile/{username}`.',
        responses: { 200: { description: 'The account.', schema: Account } },
        problems: [],
      },
})

// Not DELETE with a body, which intermediaries may drop (RFC 9110, 9.3.5): the password is required.
const deleteAccountOperation = operation({
  method: 'post',
  path: '/auth/account/deletion',
  authentication: 'required',
  limit: 'sign-in',
  body: AccountDeletion,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'deleteAccount',
        summary: 'Delete your account',
        description: reauthenticates(
          'The account, its profile, follows and sessions are deleted immediately. `posts` decides whether your posts ' +
            'and comments are deleted too or kept anonymously. The username cannot be registered again for a while (90 ' +
            'days by default).',
        ),
        responses: { 204: { description: 'Account deleted.' } },
        problems: ['forbidden'],
      },
})

const exportAccountOperation = operation({
  method: 'get',
  path: '/auth/account/export',
  authentication: 'required',
  limit: 'export-account',
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'exportAccount',
        summary: 'Export all data stored about you',
        description:
          'The account, profile, posts, comments, favorites, follows, sessions and security events; no password hash and no token.',
        responses: {
          200: {
            description:
              'One JSON document, streamed. At most ten exports per hour; a new one ends one that is still being read.',
            schema: AccountExport,
            headers: { 'Content-Disposition': 'The suggested file name.' },
          },
        },
        problems: [],
      },
})

const listSecurityEventsOperation = operation({
  method: 'get',
  path: '/auth/account/events',
  authentication: 'required',
  query: PageQuery,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'listSecurityEvents',
        summary: 'List the security events of your account',
        description:
          'Sign-ins, failed attempts and changes of the last 180 days, each with time, address and client, newest first.',
        responses: { 200: { description: 'One page of events.', schema: SecurityEventPage } },
        problems: [],
      },
})

export const accountOperations = [
  getAccountOperation,
  deleteAccountOperation,
  exportAccountOperation,
  listSecurityEventsOperation,
]

export interface AccountRouteOptions {
  readonly dependencies: Dependencies
  readonly cursors: Cursors
  readonly callerOf: CallerOf
  readonly log: Log
}

export function accountRoutes(
  app: HttpApp,
  guards: Guards<LimitName>,
  { dependencies, cursors, callerOf, log }: AccountRouteOptions,
): void {
  route(app, guards, getAccountOperation, async (c, { actor }) =>
    c.json(await getAccount(dependencies, { actor }), 200, noStore),
  )

  route(app, guards, deleteAccountOperation, async (c, { actor, body }) => {
    await deleteAccount(dependencies, { ...body, actor, caller: callerOf(c) })
    return noContent(c)
  })

  route(app, guards, exportAccountOperation, async (c, { actor }) => {
    const headers = {
      ...noStore,
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="account.json"',
    }
    // Hono calls this handler for HEAD too, and a safe method has no effect (RFC 9110, 9.2.1).
    if (c.req.method === 'HEAD') {
      await getAccount(dependencies, { actor })
      return c.body(null, 200, headers)
    }
    const pieces = await exportAccount(dependencies, { actor, caller: callerOf(c) })
    const body = ReadableStream.from(cutOnFailure(c, log, pieces)).pipeThrough(new TextEncoderStream())
    return c.body(body, 200, headers)
  })

  route(app, guards, listSecurityEventsOperation, (c, { actor, query }) =>
    respondPage(c, cursors, {
      name: 'events',
      actor,
      query,
      load: page => listSecurityEvents(dependencies, { actor, page }),
    }),
  )
}
