import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import type { Dependencies } from '../dependencies.ts'
import { noContent, PageQuery, respondPage } from '../http/responses.ts'
import type { LimitName } from '../limits.ts'
import { EndSessionsQuery, SessionPage, SessionParameter } from './schemas.ts'
import { endSession, endSessions, listSessions } from './sessions.ts'

const listSessionsOperation = operation({
  method: 'get',
  path: '/auth/sessions',
  authentication: 'required',
  query: PageQuery,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'listSessions',
        summary: 'List your sessions, newest first',
        description: 'Active sessions only; `current` marks the one of this request.',
        responses: { 200: { description: 'One page of active sessions.', schema: SessionPage } },
        problems: [],
      },
})

const endSessionsOperation = operation({
  method: 'delete',
  path: '/auth/sessions',
  authentication: 'required',
  query: EndSessionsQuery,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'endSessions',
        summary: 'Revoke all your sessions',
        description: 'With `keep=current`, all except the session of this request.',
        responses: { 204: { description: 'Sessions revoked.' } },
        problems: [],
      },
})

const endSessionOperation = operation({
  method: 'delete',
  path: '/auth/sessions/{id}',
  authentication: 'required',
  pathParameters: SessionParameter,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'endSession',
        summary: 'Revoke one of your sessions',
        description:
          'All functions reject its access tokens within 5 seconds, or within a minute while Redis is unavailable.',
        responses: { 204: { description: 'Session revoked.' } },
        problems: ['not_found'],
      },
})

export const sessionOperations = [listSessionsOperation, endSessionsOperation, endSessionOperation]

export interface SessionRouteOptions {
  readonly dependencies: Pick<Dependencies, 'db' | 'revocations' | 'sessionTerms'>
  readonly cursors: Cursors
  readonly callerOf: CallerOf
}

export function sessionRoutes(
  app: HttpApp,
  guards: Guards<LimitName>,
  { dependencies, cursors, callerOf }: SessionRouteOptions,
): void {
  route(app, guards, listSessionsOperation, (c, { actor, query }) =>
    respondPage(c, cursors, {
      name: 'sessions',
      actor,
      query,
      load: page => listSessions(dependencies, { actor, page }),
    }),
  )

  route(app, guards, endSessionsOperation, async (c, { actor, query }) => {
    await endSessions(dependencies, { ...query, actor, caller: callerOf(c) })
    return noContent(c)
  })

  route(app, guards, endSessionOperation, async (c, { actor, params }) => {
    await endSession(dependencies, { actor, sessionId: params.id, caller: callerOf(c) })
    return noContent(c)
  })
}
