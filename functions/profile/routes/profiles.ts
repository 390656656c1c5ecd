import type { MiddlewareHandler } from 'hono'
import { type Authenticate, actorOf } from '../../shared/http/authenticate.ts'
import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp, HttpContext, HttpEnv } from '../../shared/http/context.ts'
import { entityTag, expectIfMatch, taggedJson } from '../../shared/http/entity-tag.ts'
import { readBody } from '../../shared/http/input.ts'
import { keepAnswer } from '../../shared/http/recent-answers.ts'
import type { Moved, Profiles } from '../domain/profiles.ts'
import { ProfilePatch } from '../schemas.ts'

/** How long a cache may show others a profile that has changed meanwhile. */
export const publicCacheControl = 'public, max-age=30'

/** 308 keeps the method (RFC 9110, 15.4.9), so that what is asked of the old name is asked of the new one. */
export function redirect(c: HttpContext, { username }: Moved, cacheControl: string): Response {
  const { pathname, search } = new URL(c.req.url)
  const rest = pathname.split('/').slice(3)
  const location = ['/profile', encodeURIComponent(username), ...rest].join('/') + search
  return c.body(null, 308, { location, 'cache-control': cacheControl })
}

export interface Guards {
  readonly authenticate: Authenticate
  /** Behind `authenticate`. */
  readonly limit: MiddlewareHandler<HttpEnv>
}

export function profileRoutes(
  app: HttpApp,
  profiles: Profiles,
  callerOf: CallerOf,
  { authenticate, limit }: Guards,
): void {
  app.get('/profile', authenticate, async c => {
    return taggedJson(c, JSON.stringify(await profiles.own(actorOf(c))), 'no-store')
  })

  app.patch('/profile', authenticate, limit, async c => {
    const patch = await readBody(c, ProfilePatch)
    const changed = await profiles.change(actorOf(c), patch, callerOf(c), current =>
      expectIfMatch(c, entityTag(JSON.stringify(current))),
    )
    const body = JSON.stringify(changed)
    const headers = {
      etag: entityTag(body),
      'cache-control': 'no-store',
      'content-type': 'application/json',
    }
    return c.body(body, 200, headers)
  })

  app.get('/profile/:username', async c => {
    const found = await profiles.publicProfile(c.req.param('username'))
    if (found.kind === 'moved') return redirect(c, found, publicCacheControl)
    const text = JSON.stringify(found.value)
    keepAnswer(c, text)
    return taggedJson(c, text, publicCacheControl)
  })
}
