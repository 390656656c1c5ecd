import { actorOf } from '../../shared/http/authenticate.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import { readBody } from '../../shared/http/input.ts'
import type { Dependencies } from '../dependencies.ts'
import type { RouteTools } from '../route-tools.ts'
import { noStore } from '../routes/answers.ts'
import { changePassword } from './change-password.ts'
import { requestPasswordReset, resetPassword } from './reset-password.ts'
import { PasswordChange, PasswordReset, PasswordResetRequest } from './schemas.ts'

export function passwordRoutes(app: HttpApp, dependencies: Dependencies, tools: RouteTools): void {
  const { authenticate, callerOf, limitSignIn } = tools

  app.put('/auth/account/password', limitSignIn, authenticate, async c => {
    const body = await readBody(c, PasswordChange)
    await changePassword(dependencies, { ...body, actor: actorOf(c), caller: callerOf(c) })
    return c.body(null, 204, noStore)
  })

  app.post('/auth/password/reset', limitSignIn, async c => {
    await requestPasswordReset(dependencies, await readBody(c, PasswordResetRequest))
    return c.body(null, 202, noStore)
  })

  app.post('/auth/password/reset/confirm', limitSignIn, async c => {
    const body = await readBody(c, PasswordReset)
    await resetPassword(dependencies, { ...body, caller: callerOf(c) })
    return c.body(null, 204, noStore)
  })
}
