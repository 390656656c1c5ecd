import { type Authenticate, actorOf } from '../../shared/http/authenticate.ts'
import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { readBody } from '../../shared/http/input.ts'
import type { Emails } from '../emails/emails.ts'
import type { Passwords } from '../passwords/passwords.ts'
import { noStore, pageOf } from '../routes/answers.ts'
import { ChangeEmailBody, ChangePasswordBody, DeleteBody } from '../schemas.ts'
import type { Middleware } from '../sign-in/routes.ts'
import type { Accounts } from './accounts.ts'

export interface AccountRoutesOptions {
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly emails: Emails
  readonly cursors: Cursors
  readonly authenticate: Authenticate
  /** Behind `authenticate`. */
  readonly limitExport: Authenticate
  readonly callerOf: CallerOf
  readonly limitSignIn: Middleware
}

/** What the owner of an account reads and does. */
export function accountRoutes(app: HttpApp, options: AccountRoutesOptions): void {
  const { accounts, passwords, emails, cursors, authenticate, limitExport, callerOf, limitSignIn } = options

  app.get('/auth/account', authenticate, async c => {
    return c.json(await accounts.get(actorOf(c)), 200, noStore)
  })

  app.put('/auth/account/password', limitSignIn, authenticate, async c => {
    const { currentPassword, newPassword } = await readBody(c, ChangePasswordBody)
    await passwords.change(actorOf(c), currentPassword, newPassword, callerOf(c))
    return c.body(null, 204, noStore)
  })

  app.put('/auth/account/email', limitSignIn, authenticate, async c => {
    const { email, password } = await readBody(c, ChangeEmailBody)
    return c.json(await emails.change(actorOf(c), email, password, callerOf(c)), 200, noStore)
  })

  // Not DELETE with a body: intermediaries may drop that (RFC 9110, 9.3.5), and it asks for the password.
  app.post('/auth/account/deletion', limitSignIn, authenticate, async c => {
    await accounts.delete(actorOf(c), await readBody(c, DeleteBody), callerOf(c))
    return c.body(null, 204, noStore)
  })

  app.get('/auth/account/export', authenticate, limitExport, async c => {
    const headers = {
      ...noStore,
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="account.json"',
    }
    // Hono answers HEAD by the same handler, and what is safe has no effect (RFC 9110, 9.2.1).
    if (c.req.method === 'HEAD') {
      await accounts.get(actorOf(c))
      return c.body(null, 200, headers)
    }
    const pieces = await accounts.export(actorOf(c), callerOf(c))
    const bytes = ReadableStream.from(pieces).pipeThrough(new TextEncoderStream())
    return c.body(bytes, 200, headers)
  })

  app.get('/auth/account/events', authenticate, pageOf(cursors, 'events', accounts.events))
}
