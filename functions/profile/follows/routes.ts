import type { HttpApp, HttpContext } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { taggedJson } from '../../shared/http/entity-tag.ts'
import { redirectToPresentName } from '../../shared/http/redirect.ts'
import { type Documentation, type Guards, operation, route } from '../../shared/http/route.ts'
import { cacheable } from '../../shared/openapi/cacheable.ts'
import type { Dependencies } from '../dependencies.ts'
import { etag, privateNotFound, redirects, usernameMoved } from '../http/documentation.ts'
import { publicCacheControl } from '../http/responses.ts'
import type { LimitName } from '../limits.ts'
import { UsernameParameter } from '../profiles/schemas.ts'
import { followProfile, isFollowingProfile, unfollowProfile } from './follow-profile.ts'
import { listFollowedAmong, listFollowers, listFollowing } from './list-follows.ts'
import { FollowedUsernames, FollowingQuery, FollowPage, FollowState, PageQuery } from './schemas.ts'

const noStore = 'no-store'

const stateDocumentation = (
  operationId: string,
  summary: string,
  description: string,
  problems: Documentation['problems'] = [],
): Documentation => ({
  operationId,
  summary,
  description: `${description} ${redirects}`.trim(),
  responses: {
    200: { description: 'Whether you follow the profile now.', schema: FollowState },
    ...usernameMoved,
  },
  problems: ['not_found', ...problems],
})

const follow = operation({
  method: 'put',
  path: '/profile/{username}/follow',
  authentication: 'required',
  limit: 'change-follows',
  pathParameters: UsernameParameter,
  documentation: import.meta.bundled
    ? undefined
    : stateDocumentation(
        'followProfile',
        'Follow a profile',
        'Idempotent. A private profile accepts no new followers (404).',
        ['conflict'],
      ),
})

const unfollow = operation({
  method: 'delete',
  path: '/profile/{username}/follow',
  authentication: 'required',
  limit: 'change-follows',
  pathParameters: UsernameParameter,
  documentation: import.meta.bundled
    ? undefined
    : stateDocumentation(
        'unfollowProfile',
        'Unfollow a profile',
        'Idempotent; also works for a profile that became private.',
      ),
})

const isFollowing = operation({
  method: 'get',
  path: '/profile/{username}/follow',
  authentication: 'required',
  pathParameters: UsernameParameter,
  documentation: import.meta.bundled
    ? undefined
    : stateDocumentation('isFollowingProfile', 'Tell whether you follow a profile', ''),
})

const followedAmong = operation({
  method: 'get',
  path: '/profile/following',
  authentication: 'required',
  query: FollowingQuery,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'listFollowedAmong',
        summary: 'Tell which of these people you follow',
        description: 'One request for a page of posts or people. A username that nobody has is left out.',
        responses: { 200: { description: 'Those you follow.', schema: FollowedUsernames } },
        problems: [],
      },
})

const listDocumentation = (operationId: string, summary: string): Documentation => ({
  operationId,
  summary,
  description:
    'Newest first. Private profiles are left out, so a page can have fewer items than `limit`, even none; ' +
    `the list ends where \`nextCursor\` is null. ${privateNotFound} ${redirects} ${cacheable}`,
  responses: { 200: { description: 'One page.', schema: FollowPage, headers: etag }, ...usernameMoved },
  problems: ['not_found'],
})

const followers = operation({
  method: 'get',
  path: '/profile/{username}/followers',
  authentication: 'none',
  pathParameters: UsernameParameter,
  query: PageQuery,
  documentation: import.meta.bundled
    ? undefined
    : listDocumentation('listFollowers', 'List the followers of a profile'),
})

const following = operation({
  method: 'get',
  path: '/profile/{username}/following',
  authentication: 'none',
  pathParameters: UsernameParameter,
  query: PageQuery,
  documentation: import.meta.bundled
    ? undefined
    : listDocumentation('listFollowing', 'List the people whom a profile follows'),
})

export const followOperations = [follow, unfollow, isFollowing, followedAmong, followers, following]

export function followRoutes(
  app: HttpApp,
  guards: Guards<LimitName>,
  dependencies: Dependencies,
  cursors: Cursors,
): void {
  // Precedes /profile/{username}: nobody can have this username.
  route(app, guards, followedAmong, async (c, { actor, query: { usernames } }) =>
    c.json({ usernames: await listFollowedAmong(dependencies, { actor, usernames }) }, 200, {
      'cache-control': 'private, no-store',
    }),
  )
  route(app, guards, follow, async (c, { actor, params: { username } }) =>
    respond(c, await followProfile(dependencies, { actor, username })),
  )
  route(app, guards, unfollow, async (c, { actor, params: { username } }) =>
    respond(c, await unfollowProfile(dependencies, { actor, username })),
  )
  route(app, guards, isFollowing, async (c, { actor, params: { username } }) =>
    respond(c, await isFollowingProfile(dependencies, { actor, username })),
  )

  const lists = [
    { name: 'followers', operation: followers, list: listFollowers },
    { name: 'following', operation: following, list: listFollowing },
  ]
  for (const { name, operation, list } of lists) {
    route(app, guards, operation, async (c, { params: { username }, query: { limit, cursor } }) => {
      const after = cursor === undefined ? undefined : cursors.decodeCursor(name, cursor)
      const found = await list(dependencies, { username, after, limit })
      if (found.kind === 'moved') return redirectToPresentName(c, found.username, publicCacheControl)
      const { items, next } = found.value
      const nextCursor = next === undefined ? null : cursors.encodeCursor(name, next)
      return taggedJson(c, JSON.stringify({ items, nextCursor }), publicCacheControl)
    })
  }
}

function respond(c: HttpContext, found: Awaited<ReturnType<typeof followProfile>>): Response {
  if (found.kind === 'moved') return redirectToPresentName(c, found.username, noStore)
  return c.json(found.value, 200, { 'cache-control': noStore })
}
