import * as v from 'valibot'
import { documentOperation, healthOperation } from '../shared/openapi/health.ts'
import type { Operation } from '../shared/openapi/operation.ts'
import {
  Followed,
  Following,
  FollowingQuery,
  FollowPage,
  OwnProfile,
  PageQuery,
  ProfilePatch,
  PublicProfile,
  UsernameParameter,
} from './schemas.ts'

const etag = { ETag: 'Changes with every change of the answer.' }
const cacheable = 'Cacheable; answers 304 to If-None-Match with the ETag you have. '
const moves = 'A former username redirects (308) to the present one while it is held for its owner. '
const mayBePrivate = 'A private profile answers 404. '

const moved = {
  308: {
    description: 'The profile has another username now.',
    headers: { Location: 'The same under its present username.' },
  },
}

const problemsOf = {
  get: [],
  put: ['conflict', 'too_many_requests'],
  delete: ['too_many_requests'],
} as const

const follow = (
  method: 'get' | 'put' | 'delete',
  operationId: string,
  summary: string,
  description: string,
): Operation => ({
  method,
  path: '/profile/{username}/follow',
  operationId,
  summary,
  description: description + moves,
  authentication: 'required',
  pathParameters: UsernameParameter,
  answers: { 200: { description: 'Whether you follow it now.', schema: Following }, ...moved },
  problems: ['not_found', ...problemsOf[method]],
})

const list = (name: 'followers' | 'following', operationId: string, summary: string): Operation => ({
  method: 'get',
  path: `/profile/{username}/${name}`,
  operationId,
  summary,
  description:
    'Newest first. Private accounts are left out, so a page can have fewer items than `limit`, even none; ' +
    `the list ends where \`nextCursor\` is null. ${cacheable}${mayBePrivate}${moves}`,
  authentication: 'none',
  pathParameters: UsernameParameter,
  query: PageQuery,
  answers: { 200: { description: 'One page.', schema: FollowPage, headers: etag }, ...moved },
  problems: ['not_found', 'invalid_parameter'],
})

export const operations: readonly Operation[] = [
  {
    method: 'get',
    path: '/profile',
    operationId: 'getOwnProfile',
    summary: 'Your own profile',
    authentication: 'required',
    answers: { 200: { description: 'Your profile.', schema: OwnProfile, headers: etag } },
    problems: [],
  },
  {
    method: 'patch',
    path: '/profile',
    operationId: 'changeOwnProfile',
    summary: 'Change your profile',
    description:
      'JSON merge-patch (RFC 7396): an absent member keeps its value, null clears it. With If-Match the change is ' +
      'made only to the version you have read. A new username leaves the former one held for you: it redirects, ' +
      'nobody else can have it, and you can take it back. At most 3 names are held; the next change is 429 with ' +
      'Retry-After. `visibility: private` hides the profile from everyone else; posts stay public under the username.',
    authentication: 'required',
    headers: v.object({ 'If-Match': v.optional(v.string()) }),
    body: ProfilePatch,
    answers: { 200: { description: 'Your profile after the change.', schema: OwnProfile, headers: etag } },
    problems: ['conflict', 'precondition_failed', 'too_many_requests'],
  },
  {
    method: 'get',
    path: '/profile/{username}',
    operationId: 'getProfile',
    summary: 'What everyone may see of a profile',
    description: `${cacheable}${mayBePrivate}${moves}`,
    authentication: 'none',
    pathParameters: UsernameParameter,
    answers: { 200: { description: 'The profile.', schema: PublicProfile, headers: etag }, ...moved },
    problems: ['not_found'],
  },
  follow(
    'put',
    'followProfile',
    'Follow a profile',
    'Idempotent. A private profile cannot be followed anew (404). ',
  ),
  follow(
    'delete',
    'unfollowProfile',
    'Stop following a profile',
    'Idempotent; works for a profile that became private. ',
  ),
  follow('get', 'isFollowingProfile', 'Whether you follow a profile', ''),
  {
    method: 'get',
    path: '/profile/following',
    operationId: 'listFollowedAmong',
    summary: 'Whom of these people you follow',
    description: 'One question for a page of posts or people. A name that nobody has is left out.',
    authentication: 'required',
    query: FollowingQuery,
    answers: { 200: { description: 'Those whom you follow.', schema: Followed } },
    problems: ['invalid_parameter'],
  },
  list('followers', 'listFollowers', 'Who follows a profile'),
  list('following', 'listFollowing', 'Whom a profile follows'),
  healthOperation('profile'),
  documentOperation('profile'),
]
