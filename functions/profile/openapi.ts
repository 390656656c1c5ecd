import * as v from 'valibot'
import { healthOperation } from '../shared/openapi/health.ts'
import type { Operation } from '../shared/openapi/operation.ts'
import { OwnProfile, ProfilePatch, PublicProfile, UsernameParameter } from './schemas.ts'

const etag = { etag: 'Changes with every change of the answer.' }

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
      'JSON merge-patch (RFC 7396): an absent member keeps its value, null clears it. ' +
      'With If-Match the change is made only to the version you have read.',
    authentication: 'required',
    headers: v.object({ 'If-Match': v.optional(v.string()) }),
    body: ProfilePatch,
    answers: { 200: { description: 'Your profile after the change.', schema: OwnProfile, headers: etag } },
    problems: ['precondition_failed'],
  },
  {
    method: 'get',
    path: '/profile/{username}',
    operationId: 'getProfile',
    summary: 'What everyone may see of a profile',
    description: 'Cacheable; answers 304 to If-None-Match with the ETag you have.',
    authentication: 'none',
    pathParameters: UsernameParameter,
    answers: { 200: { description: 'The profile.', schema: PublicProfile, headers: etag } },
    problems: ['not_found'],
  },
  healthOperation('profile'),
]
