import * as v from 'valibot'
import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import { taggedJson } from '../../shared/http/entity-tag.ts'
import { readBody } from '../../shared/http/input.ts'
import { withQuery } from '../../shared/http/query.ts'
import type { Dependencies } from '../dependencies.ts'
import type { RouteTools } from '../route-tools.ts'
import { noStore, pageOf } from '../routes/answers.ts'
import { refreshSession } from './refresh-session.ts'
import { EndSessionsQuery, RefreshTokenRequest, SessionParameter } from './schemas.ts'
import { endSession, endSessions, listSessions, noSuchSession, signOut } from './sessions.ts'

/** Verifiers may cache the keys this long; a new key is published well before it signs. */
const keySetCacheControl = 'public, max-age=300'

export function sessionRoutes(app: HttpApp, dependencies: Dependencies, tools: RouteTools): void {
  const { keySet, cursors, authenticate, callerOf, limitRefresh } = tools

  app.post('/auth/refresh', limitRefresh, async c => {
    const { refreshToken } = await readBody(c, RefreshTokenRequest)
    return c.json(await refreshSession(dependencies, { refreshToken, caller: callerOf(c) }), 200, noStore)
  })

  app.post('/auth/logout', limitRefresh, async c => {
    const { refreshToken } = await readBody(c, RefreshTokenRequest)
    await signOut(dependencies, { refreshToken, caller: callerOf(c) })
    return c.body(null, 204, noStore)
  })

  app.get('/auth/.well-known/jwks.json', c => {
    return taggedJson(c, JSON.stringify({ keys: keySet.all() }), keySetCacheControl)
  })

  app.get(
    '/auth/sessions',
    authenticate,
    pageOf(cursors, 'sessions', request => listSessions(dependencies, request)),
  )

  app.delete(
    '/auth/sessions',
    authenticate,
    withQuery(EndSessionsQuery, async (c, { keep }) => {
      await endSessions(dependencies, { actor: actorOf(c), keep, caller: callerOf(c) })
      return c.body(null, 204, noStore)
    }),
  )

  app.delete('/auth/sessions/:id', authenticate, async c => {
    const parameter = v.safeParse(SessionParameter, { id: c.req.param('id') })
    if (!parameter.success) throw noSuchSession()
    const sessionId = parameter.output.id
    await endSession(dependencies, { actor: actorOf(c), sessionId, caller: callerOf(c) })
    return c.body(null, 204, noStore)
  })
}
