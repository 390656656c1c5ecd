import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { expect, expectTypeOf, test, vi } from 'vitest'
import type { Actor } from '../access-token.ts'
import { AccountIdSchema, SessionIdSchema } from '../ids.ts'
import { createLog } from '../log.ts'
import { createBaseApp } from './base-app.ts'
import type { RequestLimit } from './request-limits.ts'
import { operation, route } from './route.ts'

const actor: Actor = {
  accountId: v.parse(AccountIdSchema, randomUUID()),
  sessionId: v.parse(SessionIdSchema, randomUUID()),
  role: 'user',
}
const take = vi.fn(async () => ({ allowed: false, limit: 1, remaining: 0, resetSeconds: 1 }))
const perAccount: RequestLimit = { per: 'account', limiter: { take } }
const perAddress: RequestLimit = { per: 'address', limiter: { take }, addressOf: () => 'address' }
const guards = {
  verifyAccessToken: async () => ({ ...actor, issuedAtSeconds: 0, expiresAtSeconds: 0 }),
  limitOf: (name: 'account' | 'address') => (name === 'account' ? perAccount : perAddress),
}
const createApp = () => createBaseApp({ log: createLog('test', 'error', () => undefined), corsOrigins: [] })
const authorization = 'Bearer a.b.c'

const changeThing = operation({
  method: 'put',
  path: '/things/{id}',
  authentication: 'required',
  pathParameters: v.object({ id: v.pipe(v.string(), v.regex(/^\d+$/, 'There is no such thing.')) }),
  query: v.strictObject({ day: v.optional(v.string(), 'today') }),
  headers: v.object({ 'Idempotency-Key': v.optional(v.pipe(v.string(), v.maxLength(3))) }),
  ifMatch: 'required',
  body: v.strictObject({ size: v.number() }),
  documentation: undefined,
})

test('the handler receives its input in the types of the schemas', async () => {
  const app = createApp()
  route(app, guards, changeThing, (c, { actor, params, query, headers, ifMatch, body }) => {
    expectTypeOf(actor).toEqualTypeOf<Actor>()
    expectTypeOf(params).toEqualTypeOf<{ id: string }>()
    expectTypeOf(query).toEqualTypeOf<{ day: string }>()
    expectTypeOf(headers).toEqualTypeOf<{ 'Idempotency-Key'?: string | undefined }>()
    expectTypeOf(ifMatch).toEqualTypeOf<readonly string[]>()
    expectTypeOf(body).toEqualTypeOf<{ size: number }>()
    return c.json({ account: actor.accountId, params, query, headers, ifMatch, body })
  })
  const response = await app.request('/things/7', {
    method: 'PUT',
    headers: { authorization, 'if-match': '"a", "b"', 'content-type': 'application/json' },
    body: '{"size":1}',
  })
  expect(await response.json()).toEqual({
    account: actor.accountId,
    params: { id: '7' },
    query: { day: 'today' },
    headers: {},
    ifMatch: ['"a"', '"b"'],
    body: { size: 1 },
  })
})

test('the checks run in their documented order', async () => {
  const app = createApp()
  route(app, guards, changeThing, c => c.body(null, 204))
  const answers: unknown[] = []
  const request: Record<string, string> = { 'Idempotency-Key': 'too long', 'content-type': 'text/plain' }
  const send = async (path: string, body: string, more: Readonly<Record<string, string>> = {}) => {
    Object.assign(request, more)
    const response = await app.request(path, { method: 'PUT', headers: request, body })
    const text = await response.text()
    answers.push(
      text === '' ? response.status : v.parse(v.object({ code: v.string() }), JSON.parse(text)).code,
    )
  }
  await send('/things/x?day=%ff', '{}')
  await send('/things/x?year=1', '{}')
  await send('/things/x?year=1', '{}', { authorization })
  await send('/things/x', '{}')
  await send('/things/x', '{}', { 'if-match': '*' })
  await send('/things/x', '{}', { 'content-type': 'application/json' })
  await send('/things/x', '{"size":1}')
  await send('/things/x', '{"size":1}', { 'Idempotency-Key': 'abc' })
  await send('/things/1', '{"size":1}')
  expect(answers).toEqual([
    'invalid_parameter',
    'unauthenticated',
    'invalid_parameter',
    'precondition_required',
    'unsupported_media_type',
    'invalid_body',
    'invalid_parameter',
    'not_found',
    204,
  ])
})

test('a limit per address precedes the token, a limit per account follows it', async () => {
  const app = createApp()
  const base = { method: 'get', authentication: 'required', documentation: undefined } as const
  route(app, guards, operation({ ...base, path: '/address', limit: 'address' }), c => c.body(null, 204))
  route(app, guards, operation({ ...base, path: '/account', limit: 'account' }), c => c.body(null, 204))
  expect((await app.request('/address')).status).toBe(429)
  expect((await app.request('/account')).status).toBe(401)
  expect((await app.request('/account', { headers: { authorization } })).status).toBe(429)
  expect(take.mock.calls).toEqual([['address'], [actor.accountId]])
})

test('a public route has no actor, one with an optional token may have one', async () => {
  const app = createApp()
  const base = { method: 'get', documentation: undefined } as const
  route(app, guards, operation({ ...base, path: '/none', authentication: 'none' }), (c, input) => {
    expectTypeOf(input.actor).toEqualTypeOf<undefined>()
    return c.json(input.actor ?? null)
  })
  route(app, guards, operation({ ...base, path: '/optional', authentication: 'optional' }), (c, input) => {
    expectTypeOf(input.actor).toEqualTypeOf<Actor | undefined>()
    return c.json(input.actor ?? null)
  })
  const actorAt = async (path: string) => (await app.request(path, { headers: { authorization } })).json()
  expect(await actorAt('/none')).toBeNull()
  expect(await actorAt('/optional')).toMatchObject(actor)
  expect(await (await app.request('/optional')).json()).toBeNull()
})

test('mistakes in an operation are type errors, or fail when it is mounted', () => {
  const limited = operation({
    method: 'get',
    path: '/public',
    authentication: 'none',
    limit: 'account',
    documentation: undefined,
  })
  expect(() => route(createApp(), guards, limited, c => c.body(null, 204))).toThrow('needs authentication')
  const named = operation({ ...limited, authentication: 'required', limit: 'other' })
  // @ts-expect-error The guards have no limit of this name.
  expect(() => route(createApp(), guards, named, c => c.body(null, 204))).not.toThrow()
  const rest = { documentation: undefined }
  // @ts-expect-error A misspelt member is no member.
  operation({ method: 'get', path: '/', authentication: 'none', querry: v.object({}), ...rest })
})
