import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import { readBody } from '../../shared/http/input.ts'
import type { Dependencies } from '../dependencies.ts'
import type { RouteTools } from '../route-tools.ts'
import { noStore } from '../routes/answers.ts'
import { changeEmail } from './change-email.ts'
import { EmailChange, EmailVerification } from './schemas.ts'
import { requestEmailVerification, verifyEmail } from './verify-email.ts'

export function emailRoutes(app: HttpApp, dependencies: Dependencies, tools: RouteTools): void {
  const { authenticate, callerOf, limitSignIn } = tools

  app.put('/auth/account/email', limitSignIn, authenticate, async c => {
    const body = await readBody(c, EmailChange)
    const account = await changeEmail(dependencies, { ...body, actor: actorOf(c), caller: callerOf(c) })
    return c.json(account, 200, noStore)
  })

  app.post('/auth/email/verification', authenticate, async c => {
    await requestEmailVerification(dependencies, { actor: actorOf(c) })
    return c.body(null, 202, noStore)
  })

  app.post('/auth/email/verification/confirm', limitSignIn, async c => {
    const { token } = await readBody(c, EmailVerification)
    await verifyEmail(dependencies, { token, caller: callerOf(c) })
    return c.body(null, 204, noStore)
  })
}
