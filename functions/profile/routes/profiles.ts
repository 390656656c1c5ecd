import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp, HttpContext } from '../../shared/http/context.ts'
import { assertMatch, entityTag, taggedJson } from '../../shared/http/entity-tag.ts'
import { storeResponse } from '../../shared/http/response-cache.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import type { Moved, Profiles } from '../domain/profiles.ts'
import type { LimitName } from '../limits.ts'
import { OwnProfile, ProfilePatch, PublicProfile, UsernameParameter } from '../schemas.ts'

/** How long a cache may show others a profile that has changed meanwhile. */
export const publicCacheControl = 'public, max-age=30'

/** 308 keeps the method (RFC 9110, 15.4.9), so that what is asked of the old name is asked of the new one. */
export function redirect(c: HttpContext, { username }: Moved, cacheControl: string): Response {
  const { pathname, search } = new URL(c.req.url)
  const rest = pathname.split('/').slice(3)
  const location = ['/profile', encodeURIComponent(username), ...rest].join('/') + search
  return c.body(null, 308, { location, 'cache-control': cacheControl })
}

export const etag = { ETag: 'Changes with every change of the answer.' }
export const cacheable = 'Cacheable; answers 304 to If-None-Match with the ETag you have. '
export const moves = 'A former username redirects (308) to the present one while it is held for its owner. '
export const mayBePrivate = 'A private profile answers 404. '
export const moved = {
  308: {
    description: 'The profile has another username now.',
    headers: { Location: 'The same under its present username.' },
  },
}

const getOwnProfile = operation({
  method: 'get',
  path: '/profile',
  authentication: 'required',
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'getOwnProfile',
        summary: 'Your own profile',
        responses: { 200: { description: 'Your profile.', schema: OwnProfile, headers: etag } },
        problems: [],
      },
})

const changeOwnProfile = operation({
  method: 'patch',
  path: '/profile',
  authentication: 'required',
  limit: 'change-profile',
  ifMatch: 'optional',
  body: ProfilePatch,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'changeOwnProfile',
        summary: 'Change your profile',
        description:
          'JSON merge-patch (RFC 7396): an absent member keeps its value, null clears it. With If-Match the change is ' +
          'made only to the version you have read. A new username leaves the former one held for you: it redirects, ' +
          'nobody else can have it, and you can take it back. At most 3 names are held; the next change is 429 with ' +
          'Retry-After. `visibility: private` hides the profile from everyone else; posts stay public under the username.',
        responses: {
          200: { description: 'Your profile after the change.', schema: OwnProfile, headers: etag },
        },
        problems: ['conflict'],
      },
})

const getProfile = operation({
  method: 'get',
  path: '/profile/{username}',
  authentication: 'none',
  pathParameters: UsernameParameter,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'getProfile',
        summary: 'What everyone may see of a profile',
        description: `${cacheable}${mayBePrivate}${moves}`,
        responses: { 200: { description: 'The profile.', schema: PublicProfile, headers: etag }, ...moved },
        problems: ['not_found'],
      },
})

export const profileOperations = [getOwnProfile, changeOwnProfile, getProfile]

export function profileRoutes(
  app: HttpApp,
  guards: Guards<LimitName>,
  profiles: Profiles,
  callerOf: CallerOf,
): void {
  route(app, guards, getOwnProfile, async (c, { actor }) =>
    taggedJson(c, JSON.stringify(await profiles.own(actor)), 'no-store'),
  )

  route(app, guards, changeOwnProfile, async (c, { actor, body: patch, ifMatch }) => {
    const changed = await profiles.change(actor, patch, callerOf(c), current => {
      if (ifMatch !== undefined) assertMatch(ifMatch, entityTag(JSON.stringify(current)))
    })
    const body = JSON.stringify(changed)
    const headers = {
      etag: entityTag(body),
      'cache-control': 'no-store',
      'content-type': 'application/json',
    }
    return c.body(body, 200, headers)
  })

  route(app, guards, getProfile, async (c, { params }) => {
    const found = await profiles.publicProfile(params.username)
    if (found.kind === 'moved') return redirect(c, found, publicCacheControl)
    const text = JSON.stringify(found.value)
    storeResponse(c, text)
    return taggedJson(c, text, publicCacheControl)
  })
}
