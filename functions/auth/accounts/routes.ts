import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import type { Dependencies } from '../dependencies.ts'
import type { LimitName } from '../limits.ts'
import { reauthenticates } from '../passwords/documentation.ts'
import { noContent, noStore, PageQuery, respondPage } from '../responses.ts'
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
        summary: 'Your account',
        responses: { 200: { description: 'Your account.', schema: Account } },
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
          'Profile, followings and sessions go at once; `posts` says what becomes of posts and comments: gone too, or ' +
            'kept without a name. The username stays taken for 90 days.',
        ),
        responses: { 204: { description: 'It is gone.' } },
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
        summary: 'All that is kept about you, as one JSON document',
        responses: {
          200: {
            description: 'The document, sent as it is read; ten times an hour.',
            schema: AccountExport,
            headers: { 'Content-Disposition': 'A name for the file.' },
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
        summary: 'What happened to your account, the newest first',
        description: 'Log-ins, failures and changes of the last 180 days, with time, address and client.',
        responses: { 200: { description: 'One page.', schema: SecurityEventPage } },
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
}

export function accountRoutes(
  app: HttpApp,
  guards: Guards<LimitName>,
  { dependencies, cursors, callerOf }: AccountRouteOptions,
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
    return c.body(ReadableStream.from(pieces).pipeThrough(new TextEncoderStream()), 200, headers)
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
