import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import { assertMatch, entityTag, taggedJson } from '../../shared/http/entity-tag.ts'
import { redirectToPresentName } from '../../shared/http/redirect.ts'
import { storeResponse } from '../../shared/http/response-cache.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import { cacheable } from '../../shared/openapi/cacheable.ts'
import type { Dependencies } from '../dependencies.ts'
import { etag, privateNotFound, redirects, usernameMoved } from '../http/documentation.ts'
import { publicCacheControl } from '../http/responses.ts'
import type { LimitName } from '../limits.ts'
import { changeOwnProfile } from './change-own-profile.ts'
import { getOwnProfile } from './get-own-profile.ts'
import { getPublicProfile } from './get-public-profile.ts'
import { OwnProfile, ProfilePatch, PublicProfile, UsernameParameter } from './schemas.ts'

const getOwn = operation({
  method: 'get',
  path: '/profile',
  authentication: 'required',
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'getOwnProfile',
        summary: 'Get your profile',
        description: 'The profile with the fields that only its owner sees.',
        responses: { 200: { description: 'Your profile.', schema: OwnProfile, headers: etag } },
        problems: [],
      },
})

const changeOwn = operation({
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
        summary: 'Update your profile',
        description:
          'JSON merge-patch (RFC 7396): an absent member keeps its value, null clears it. With If-Match the update ' +
          'applies only to that version. A new username reserves the former one for you: it redirects, nobody else can ' +
          'take it, and you can take it back. At most 3 names are reserved; a further change gets 429 with Retry-After. ' +
          '`visibility: private` hides the profile from everyone else; posts stay public under the username.',
        responses: { 200: { description: 'The updated profile.', schema: OwnProfile, headers: etag } },
        problems: ['conflict'],
      },
})

const getPublic = operation({
  method: 'get',
  path: '/profile/{username}',
  authentication: 'none',
  pathParameters: UsernameParameter,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'getProfile',
        summary: 'Get a public profile',
        description: `${privateNotFound} ${redirects} ${cacheable}`,
        responses: {
          200: { description: 'The profile.', schema: PublicProfile, headers: etag },
          ...usernameMoved,
        },
        problems: ['not_found'],
      },
})

export const profileOperations = [getOwn, changeOwn, getPublic]

export function profileRoutes(
  app: HttpApp,
  guards: Guards<LimitName>,
  dependencies: Dependencies,
  callerOf: CallerOf,
): void {
  route(app, guards, getOwn, async (c, { actor }) =>
    taggedJson(c, JSON.stringify(await getOwnProfile(dependencies, { actor })), 'no-store'),
  )

  route(app, guards, changeOwn, async (c, { actor, body: patch, ifMatch }) => {
    const assertCurrent = (current: OwnProfile) => {
      if (ifMatch !== undefined) assertMatch(ifMatch, entityTag(JSON.stringify(current)))
    }
    const profile = await changeOwnProfile(dependencies, { actor, patch, caller: callerOf(c), assertCurrent })
    const body = JSON.stringify(profile)
    return c.body(body, 200, {
      etag: entityTag(body),
      'cache-control': 'no-store',
      'content-type': 'application/json',
    })
  })

  route(app, guards, getPublic, async (c, { params: { username } }) => {
    const found = await getPublicProfile(dependencies, { username })
    if (found.kind === 'moved') return redirectToPresentName(c, found.username, publicCacheControl)
    const text = JSON.stringify(found.value)
    storeResponse(c, text)
    return taggedJson(c, text, publicCacheControl)
  })
}
