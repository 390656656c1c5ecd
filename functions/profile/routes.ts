import type { VerifyAccessToken } from '../shared/access-token.ts'
import { actorOf, authenticate } from '../shared/http/authenticate.ts'
import type { HttpApp } from '../shared/http/context.ts'
import { entityTag, expectIfMatch, taggedJson } from '../shared/http/entity-tag.ts'
import { readBody } from '../shared/http/input.ts'
import type { Profiles } from './domain.ts'
import { ProfilePatch } from './schemas.ts'

/** How long a cache may show others a profile that has changed meanwhile. */
const publicCacheControl = 'public, max-age=30'

export function routes(app: HttpApp, profiles: Profiles, verifyAccessToken: VerifyAccessToken): void {
  const authenticated = authenticate(verifyAccessToken)

  app.get('/profile', authenticated, async c => {
    return taggedJson(c, JSON.stringify(await profiles.own(actorOf(c))), 'no-store')
  })

  app.patch('/profile', authenticated, async c => {
    const patch = await readBody(c, ProfilePatch)
    const changed = await profiles.change(actorOf(c), patch, current =>
      expectIfMatch(c, entityTag(JSON.stringify(current))),
    )
    const body = JSON.stringify(changed)
    return c.body(body, 200, {
      etag: entityTag(body),
      'cache-control': 'no-store',
      'content-type': 'application/json',
    })
  })

  app.get('/profile/:username', async c => {
    const profile = await profiles.byUsername(c.req.param('username'))
    return taggedJson(c, JSON.stringify(profile), publicCacheControl)
  })
}
