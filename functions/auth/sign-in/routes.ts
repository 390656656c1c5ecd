import type { HttpApp } from '../../shared/http/context.ts'
import { readBody } from '../../shared/http/input.ts'
import type { Dependencies } from '../dependencies.ts'
import type { RouteTools } from '../route-tools.ts'
import { noStore } from '../routes/answers.ts'
import { register } from './register.ts'
import { LogIn, Registration } from './schemas.ts'
import { signIn } from './sign-in.ts'

export function signInRoutes(app: HttpApp, dependencies: Dependencies, tools: RouteTools): void {
  const { callerOf, limitSignIn } = tools

  app.post('/auth/register', limitSignIn, async c => {
    const body = await readBody(c, Registration)
    return c.json(await register(dependencies, { ...body, caller: callerOf(c) }), 201, noStore)
  })

  app.post('/auth/login', limitSignIn, async c => {
    const body = await readBody(c, LogIn)
    return c.json(await signIn(dependencies, { ...body, caller: callerOf(c) }), 200, noStore)
  })
}
