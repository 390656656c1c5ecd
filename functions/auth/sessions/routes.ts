import * as v from 'valibot'
import { type Authenticate, actorOf } from '../../shared/http/authenticate.ts'
import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { withQuery } from '../../shared/http/query.ts'
import { Problem } from '../../shared/problems.ts'
import { noStore, pageOf } from '../routes/answers.ts'
import { EndSessionsQuery, SessionParameter } from '../schemas.ts'
import type { Sessions } from './sessions.ts'

export interface SessionRoutesOptions {
  readonly sessions: Sessions
  readonly cursors: Cursors
  readonly authenticate: Authenticate
  readonly callerOf: CallerOf
}

export function sessionRoutes(app: HttpApp, options: SessionRoutesOptions): void {
  const { sessions, cursors, authenticate, callerOf } = options

  app.get('/auth/sessions', authenticate, pageOf(cursors, 'sessions', sessions.list))

  app.delete(
    '/auth/sessions',
    authenticate,
    withQuery(EndSessionsQuery, async (c, { keep }) => {
      await sessions.endAll(actorOf(c), keep, callerOf(c))
      return c.body(null, 204, noStore)
    }),
  )

  app.delete('/auth/sessions/:id', authenticate, async c => {
    const parameter = v.safeParse(SessionParameter, { id: c.req.param('id') })
    if (!parameter.success) throw new Problem('not_found', 'You have no such session.')
    await sessions.end(actorOf(c), parameter.output.id, callerOf(c))
    return c.body(null, 204, noStore)
  })
}
