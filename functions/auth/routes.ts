import type { HttpApp, HttpContext } from '../shared/http/context.ts'
import { taggedJson } from '../shared/http/entity-tag.ts'
import { readBody } from '../shared/http/input.ts'
import type { KeySet } from '../shared/key-set.ts'
import type { Auth } from './domain.ts'
import { LogInBody, RefreshBody, RegisterBody } from './schemas.ts'

const noStore = { 'cache-control': 'no-store' }
/** Verifiers may keep the keys this long; a new key is published well before it signs. */
const jwksCacheControl = 'public, max-age=300'

/** What a session is listed under: the client's own word, cut to a length that can do no harm. */
const clientOf = (c: HttpContext) => (c.req.header('user-agent') ?? 'unknown').slice(0, 200)

export function routes(app: HttpApp, auth: Auth, keySet: KeySet): void {
  app.post('/auth/register', async c => {
    const body = await readBody(c, RegisterBody)
    return c.json(await auth.register(body, clientOf(c)), 201, noStore)
  })

  app.post('/auth/login', async c => {
    const body = await readBody(c, LogInBody)
    return c.json(await auth.logIn(body, clientOf(c)), 200, noStore)
  })

  app.post('/auth/refresh', async c => {
    const { refreshToken } = await readBody(c, RefreshBody)
    return c.json(await auth.refresh(refreshToken), 200, noStore)
  })

  app.post('/auth/logout', async c => {
    const { refreshToken } = await readBody(c, RefreshBody)
    await auth.logOut(refreshToken)
    return c.body(null, 204, noStore)
  })

  app.get('/auth/.well-known/jwks.json', c => {
    return taggedJson(c, JSON.stringify({ keys: keySet.all() }), jwksCacheControl)
  })
}
