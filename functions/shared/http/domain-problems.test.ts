import { expect, test } from 'vitest'
import { DomainError } from '../domain-error.ts'
import { problemOf } from './domain-problems.ts'
import { toProblem } from './problem-response.ts'

const member = { path: 'slug', message: 'is taken' }

test.each([
  [
    new DomainError('not_found', { detail: 'Nothing.' }),
    { code: 'not_found', detail: 'Nothing.', headers: {} },
  ],
  [
    new DomainError('conflict', { detail: 'Taken.', member }),
    { code: 'conflict', detail: 'Taken.', errors: [member] },
  ],
  [new DomainError('forbidden', { detail: 'No.' }), { code: 'forbidden', detail: 'No.', errors: undefined }],
  [
    new DomainError('invalid_member', member),
    { code: 'invalid_body', detail: 'Refused: slug.', errors: [member] },
  ],
  [
    new DomainError('invalid_cursor', {}),
    { code: 'invalid_parameter', detail: 'Refused: cursor.', errors: [{ path: 'cursor' }] },
  ],
  [
    new DomainError('invalid_token', {}),
    { code: 'invalid_token', headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
  ],
  [
    new DomainError('throttled', { detail: 'Wait.', retryAfterSeconds: 7 }),
    { code: 'too_many_requests', detail: 'Wait.', headers: { 'retry-after': '7' } },
  ],
  [
    new DomainError('timeout', {}),
    { code: 'timeout', detail: 'The request took too long.', headers: { 'retry-after': '1' } },
  ],
  [
    new DomainError('unavailable', { detail: 'Away.' }),
    { code: 'unavailable', detail: 'Away.', headers: { 'retry-after': '1' } },
  ],
])('%o has its own problem document', (error, problem) => {
  expect(toProblem(error)).toMatchObject(problem)
})

test('the cause is kept for the log; without one it is the error itself', () => {
  const cause = new Error('ECONNREFUSED')
  expect(problemOf(new DomainError('unavailable', { detail: 'Away.' }, cause)).cause).toBe(cause)
  const error = new DomainError('unavailable', { detail: 'Away.' })
  expect(problemOf(error).cause).toBe(error)
})
