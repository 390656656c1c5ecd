import type { MiddlewareHandler } from 'hono'
import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp, HttpEnv } from '../../shared/http/context.ts'
import { taggedJson } from '../../shared/http/entity-tag.ts'
import { readBody } from '../../shared/http/input.ts'
import type { KeySet } from '../../shared/key-set.ts'
import { noStore } from '../routes/answers.ts'
import { LogInBody, RefreshBody, RegisterBody } from '../schemas.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { SignIn } from './sign-in.ts'

export type Middleware = MiddlewareHandler<HttpEnv>

export interface SignInRoutesOptions {
  readonly signIn: SignIn
  readonly sessions: Sessions
  readonly keySet: KeySet
  readonly callerOf: CallerOf
  readonly limitSignIn: Middleware
  readonly limitRefresh: Middleware
}

/** Verifiers may keep the keys this long; a new key is published well before it signs. */
const jwksCacheControl = 'public, max-age=300'

export function signInRoutes(app: HttpApp, options: SignInRoutesOptions): void {
  const { signIn, sessions, keySet, callerOf, limitSignIn, limitRefresh } = options

  app.post('/auth/register', limitSignIn, async c => {
    const body = await readBody(c, RegisterBody)
    return c.json(await signIn.register(body, callerOf(c)), 201, noStore)
  })

  app.post('/auth/login', limitSignIn, async c => {
    const body = await readBody(c, LogInBody)
    return c.json(await signIn.logIn(body, callerOf(c)), 200, noStore)
  })

  app.post('/auth/refresh', limitRefresh, async c => {
    const { refreshToken } = await readBody(c, RefreshBody)
    return c.json(await sessions.refresh(refreshToken, callerOf(c)), 200, noStore)
  })

  app.post('/auth/logout', limitRefresh, async c => {
    const { refreshToken } = await readBody(c, RefreshBody)
    await sessions.logOut(refreshToken, callerOf(c))
    return c.body(null, 204, noStore)
  })

  app.get('/auth/.well-known/jwks.json', c => {
    return taggedJson(c, JSON.stringify({ keys: keySet.all() }), jwksCacheControl)
  })
}
