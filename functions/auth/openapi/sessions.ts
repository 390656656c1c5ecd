import type { Operation } from '../../shared/openapi/operation.ts'
import { PageQuery } from '../routes/answers.ts'
import { EndSessionsQuery, SessionPage, SessionParameter } from '../sessions/schemas.ts'

export const sessionOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/auth/sessions',
    operationId: 'listSessions',
    summary: 'Your sessions, the newest first',
    authentication: 'required',
    query: PageQuery,
    answers: { 200: { description: 'One page of live sessions.', schema: SessionPage } },
    problems: ['invalid_parameter'],
  },
  {
    method: 'delete',
    path: '/auth/sessions',
    operationId: 'endSessions',
    summary: 'End all your sessions',
    description: 'With `keep=current` all but the one of this request.',
    authentication: 'required',
    query: EndSessionsQuery,
    answers: { 204: { description: 'They are over.' } },
    problems: ['invalid_parameter'],
  },
  {
    method: 'delete',
    path: '/auth/sessions/{id}',
    operationId: 'endSession',
    summary: 'End one of your sessions',
    authentication: 'required',
    pathParameters: SessionParameter,
    answers: { 204: { description: 'It is over.' } },
    problems: ['not_found'],
  },
]
