import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import { readBody } from '../../shared/http/input.ts'
import type { Dependencies } from '../dependencies.ts'
import type { RouteTools } from '../route-tools.ts'
import { noStore, pageOf } from '../routes/answers.ts'
import { deleteAccount } from './delete-account.ts'
import { exportAccount } from './export-account.ts'
import { getAccount } from './get-account.ts'
import { listSecurityEvents } from './list-security-events.ts'
import { AccountDeletion } from './schemas.ts'

/** What the owner of an account reads and does. */
export function accountRoutes(app: HttpApp, dependencies: Dependencies, tools: RouteTools): void {
  const { cursors, authenticate, limitExport, callerOf, limitSignIn } = tools

  app.get('/auth/account', authenticate, async c => {
    return c.json(await getAccount(dependencies, { actor: actorOf(c) }), 200, noStore)
  })

  // Not DELETE with a body: intermediaries may drop that (RFC 9110, 9.3.5), and it asks for the password.
  app.post('/auth/account/deletion', limitSignIn, authenticate, async c => {
    const body = await readBody(c, AccountDeletion)
    await deleteAccount(dependencies, { ...body, actor: actorOf(c), caller: callerOf(c) })
    return c.body(null, 204, noStore)
  })

  app.get('/auth/account/export', authenticate, limitExport, async c => {
    const actor = actorOf(c)
    const headers = {
      ...noStore,
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="account.json"',
    }
    // Hono answers HEAD by the same handler, and what is safe has no effect (RFC 9110, 9.2.1).
    if (c.req.method === 'HEAD') {
      await getAccount(dependencies, { actor })
      return c.body(null, 200, headers)
    }
    const pieces = await exportAccount(dependencies, { actor, caller: callerOf(c) })
    const bytes = ReadableStream.from(pieces).pipeThrough(new TextEncoderStream())
    return c.body(bytes, 200, headers)
  })

  app.get(
    '/auth/account/events',
    authenticate,
    pageOf(cursors, 'events', request => listSecurityEvents(dependencies, request)),
  )
}
