import { type Authenticate, actorOf } from '../../shared/http/authenticate.ts'
import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import { readBody } from '../../shared/http/input.ts'
import { noStore } from '../routes/answers.ts'
import { EmailBody, ResetBody, TokenBody } from '../schemas.ts'
import type { Middleware } from '../sign-in/routes.ts'
import type { Emails } from './emails.ts'

export interface EmailRoutesOptions {
  readonly emails: Emails
  readonly authenticate: Authenticate
  readonly callerOf: CallerOf
  readonly limitSignIn: Middleware
}

/** Verification of addresses and reset of passwords by mail; 501 where no mail can be sent. */
export function emailRoutes(app: HttpApp, options: EmailRoutesOptions): void {
  const { emails, authenticate, callerOf, limitSignIn } = options

  app.post('/auth/email/verification', authenticate, async c => {
    await emails.requestVerification(actorOf(c))
    return c.body(null, 202, noStore)
  })

  app.post('/auth/email/verification/confirm', limitSignIn, async c => {
    const { token } = await readBody(c, TokenBody)
    await emails.verify(token, callerOf(c))
    return c.body(null, 204, noStore)
  })

  app.post('/auth/password/reset', limitSignIn, async c => {
    const { email } = await readBody(c, EmailBody)
    await emails.requestReset(email)
    return c.body(null, 202, noStore)
  })

  app.post('/auth/password/reset/confirm', limitSignIn, async c => {
    const { token, password } = await readBody(c, ResetBody)
    await emails.reset(token, password, callerOf(c))
    return c.body(null, 204, noStore)
  })
}
