import type { HttpApp, HttpContext } from '../../shared/http/context.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import { taggedJson } from '../../shared/http/entity-tag.ts'
import { type Documentation, type Guards, operation, route } from '../../shared/http/route.ts'
import type { Follows, PageRequest } from '../domain/follows.ts'
import type { Found, Moved } from '../domain/profiles.ts'
import type { LimitName } from '../limits.ts'
import { Followed, Following, FollowingQuery, FollowPage, PageQuery, UsernameParameter } from '../schemas.ts'
import { cacheable, etag, mayBePrivate, moved, moves, publicCacheControl, redirect } from './profiles.ts'

const noStore = 'no-store'
const responses = { 200: { description: 'Whether you follow it now.', schema: Following }, ...moved }

const followProfile = operation({
  method: 'put',
  path: '/profile/{username}/follow',
  authentication: 'required',
  limit: 'change-follows',
  pathParameters: UsernameParameter,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'followProfile',
        summary: 'Follow a profile',
        description: `Idempotent. A private profile cannot be followed anew (404). ${moves}`,
        responses,
        problems: ['not_found', 'conflict'],
      },
})

const unfollowProfile = operation({
  method: 'delete',
  path: '/profile/{username}/follow',
  authentication: 'required',
  limit: 'change-follows',
  pathParameters: UsernameParameter,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'unfollowProfile',
        summary: 'Stop following a profile',
        description: `Idempotent; works for a profile that became private. ${moves}`,
        responses,
        problems: ['not_found'],
      },
})

const isFollowingProfile = operation({
  method: 'get',
  path: '/profile/{username}/follow',
  authentication: 'required',
  pathParameters: UsernameParameter,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'isFollowingProfile',
        summary: 'Whether you follow a profile',
        description: moves,
        responses,
        problems: ['not_found'],
      },
})

const listFollowedAmong = operation({
  method: 'get',
  path: '/profile/following',
  authentication: 'required',
  query: FollowingQuery,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'listFollowedAmong',
        summary: 'Whom of these people you follow',
        description: 'One question for a page of posts or people. A name that nobody has is left out.',
        responses: { 200: { description: 'Those whom you follow.', schema: Followed } },
        problems: [],
      },
})

const listDocumentation = (operationId: string, summary: string): Documentation => ({
  operationId,
  summary,
  description:
    'Newest first. Private accounts are left out, so a page can have fewer items than `limit`, even none; ' +
    `the list ends where \`nextCursor\` is null. ${cacheable}${mayBePrivate}${moves}`,
  responses: { 200: { description: 'One page.', schema: FollowPage, headers: etag }, ...moved },
  problems: ['not_found'],
})

const listFollowers = operation({
  method: 'get',
  path: '/profile/{username}/followers',
  authentication: 'none',
  pathParameters: UsernameParameter,
  query: PageQuery,
  documentation: import.meta.bundled
    ? undefined
    : listDocumentation('listFollowers', 'Who follows a profile'),
})

const listFollowing = operation({
  method: 'get',
  path: '/profile/{username}/following',
  authentication: 'none',
  pathParameters: UsernameParameter,
  query: PageQuery,
  documentation: import.meta.bundled
    ? undefined
    : listDocumentation('listFollowing', 'Whom a profile follows'),
})

export const followOperations = [
  followProfile,
  unfollowProfile,
  isFollowingProfile,
  listFollowedAmong,
  listFollowers,
  listFollowing,
]

export function followRoutes(
  app: HttpApp,
  guards: Guards<LimitName>,
  follows: Follows,
  cursors: Cursors,
): void {
  function respond(c: HttpContext, found: Found<{ readonly following: boolean }> | Moved): Response {
    if (found.kind === 'moved') return redirect(c, found, noStore)
    return c.json(found.value, 200, { 'cache-control': noStore })
  }

  async function respondPage(
    c: HttpContext,
    list: 'followers' | 'following',
    username: string,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<Response> {
    const request: PageRequest = {
      limit,
      after: cursor === undefined ? undefined : cursors.decodeCursor(list, cursor),
    }
    const found = await follows[list](username, request)
    if (found.kind === 'moved') return redirect(c, found, publicCacheControl)
    const { items, next } = found.value
    const nextCursor = next === undefined ? null : cursors.encodeCursor(list, next)
    return taggedJson(c, JSON.stringify({ items, nextCursor }), publicCacheControl)
  }

  // Before /profile/{username}: nobody can have this name.
  route(app, guards, listFollowedAmong, async (c, { actor, query }) =>
    c.json({ usernames: await follows.followed(actor, query.usernames) }, 200, {
      'cache-control': 'private, no-store',
    }),
  )
  route(app, guards, followProfile, async (c, { actor, params }) =>
    respond(c, await follows.follow(actor, params.username)),
  )
  route(app, guards, unfollowProfile, async (c, { actor, params }) =>
    respond(c, await follows.unfollow(actor, params.username)),
  )
  route(app, guards, isFollowingProfile, async (c, { actor, params }) =>
    respond(c, await follows.isFollowing(actor, params.username)),
  )
  route(app, guards, listFollowers, (c, { params, query }) =>
    respondPage(c, 'followers', params.username, query),
  )
  route(app, guards, listFollowing, (c, { params, query }) =>
    respondPage(c, 'following', params.username, query),
  )
}
