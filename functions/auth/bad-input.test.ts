import { beforeAll, describe, expect, it } from 'vitest'
import { operations } from './operations.ts'
import { createTestApp, password, readJson, type TestUser } from './test-app.ts'
import { createTestSmtp } from './test-smtp.ts'

const { config: email } = await createTestSmtp()
const { app, register, setRole } = await createTestApp({ email })

/** A well-formed body for each operation. */
const samples: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  register: { email: 'a@example.test', username: 'somebody', password },
  logIn: { email: 'a@example.test', password },
  refresh: { refreshToken: 'x' },
  logOut: { refreshToken: 'x' },
  changePassword: { currentPassword: password, newPassword: 'another long walk' },
  changeEmail: { email: 'a@example.test', password },
  deleteAccount: { password, posts: 'delete' },
  confirmEmail: { token: 'x' },
  requestPasswordReset: { email: 'a@example.test' },
  resetPassword: { token: 'x', password },
  suspendAccount: { reason: 'spam' },
  setRole: { role: 'user' },
}
const withBody = operations.filter(operation => operation.body !== undefined)

let admin: TestUser
beforeAll(async () => {
  admin = await register('admin-1')
  await setRole(admin, 'admin')
})

const send = (
  operationId: string,
  body: string | Uint8Array<ArrayBuffer>,
  contentType = 'application/json',
) => {
  const operation = operations.find(candidate => candidate.documentation.operationId === operationId)
  return app.request(operation?.path.replace('{username}', 'nobody-here') ?? '', {
    method: operation?.method.toUpperCase() ?? '',
    headers: { 'content-type': contentType, authorization: `Bearer ${admin.accessToken}` },
    body,
  })
}

it('every operation with a body has a sample', () => {
  expect(Object.keys(samples).sort()).toEqual(
    withBody.map(operation => operation.documentation.operationId).sort(),
  )
})

describe.each(Object.entries(samples))('%s', (operationId, sample) => {
  const text = JSON.stringify(sample)
  const [member = ''] = Object.keys(sample)

  it.each<[string, string | Uint8Array<ArrayBuffer>, string, number, string]>([
    ['no JSON', 'a=b', 'application/json', 400, 'malformed_body'],
    ['half a body', text.slice(0, -1), 'application/json', 400, 'malformed_body'],
    ['no body', '', 'application/json', 400, 'malformed_body'],
    ['bytes that are not UTF-8', Buffer.from('7b22ff22', 'hex'), 'application/json', 400, 'malformed_body'],
    ['a very deep body', '['.repeat(60_000), 'application/json', 400, 'malformed_body'],
    ['an escaped NUL', `{"${member}":"a\\u0000b"}`, 'application/json', 400, 'malformed_body'],
    ['full of NUL bytes', '\u0000'.repeat(1_000), 'application/json', 400, 'malformed_body'],
    ['half of a surrogate pair', `{"${member}":"\\ud83d"}`, 'application/json', 400, 'malformed_body'],
    [
      'too large',
      JSON.stringify({ [member]: 'x'.repeat(70_000) }),
      'application/json',
      413,
      'body_too_large',
    ],
    ['a form', text, 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['an array', '[]', 'application/json', 422, 'invalid_body'],
    ['null', 'null', 'application/json', 422, 'invalid_body'],
    ['a string', '"x"', 'application/json', 422, 'invalid_body'],
  ])('%s is rejected with the right status and code', async (_, body, contentType, status, code) => {
    const response = await send(operationId, body, contentType)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ status, code })
  })

  it('names each missing member, and rejects members of another type', async () => {
    const missing = await readJson(await send(operationId, '{}'))
    expect(missing['errors']).toEqual(Object.keys(sample).map(path => ({ path, message: 'is required' })))
    for (const value of [1, true, null, {}, ['x']]) {
      const wrong = Object.fromEntries(Object.keys(sample).map(path => [path, value]))
      const { errors, status } = await readJson(await send(operationId, JSON.stringify(wrong)))
      expect(status).toBe(422)
      expect(errors).toEqual(Object.keys(sample).map(path => expect.objectContaining({ path })))
    }
  })

  it.each(['role', 'id', 'constructor', 'extra'])('rejects the unknown member %s', async extra => {
    if (extra in sample) return
    const response = await send(operationId, JSON.stringify({ ...sample, [extra]: 'secret-value' }))
    expect(response.status).toBe(422)
    const answer = await response.text()
    expect(answer).toContain(`{"path":"${extra}","message":"is not a known member"}`)
    expect(answer).not.toContain('secret-value')
  })

  it('never echoes a rejected password or token', async () => {
    const long = Object.fromEntries(Object.keys(sample).map(path => [path, `hush-${'x'.repeat(1_100)}`]))
    const response = await send(operationId, JSON.stringify(long))
    expect(response.status).toBe(422)
    expect(await response.text()).not.toContain('hush')
  })
})

describe('each limit is named in the error', () => {
  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    ['register', { email: 'no address' }, 'email', 'must be an email address'],
    ['register', { email: `${'x'.repeat(250)}@a.test` }, 'email', 'must have at most 254 characters'],
    ['register', { username: 'ab' }, 'username', 'must have at least 3 characters'],
    ['register', { username: 'x'.repeat(31) }, 'username', 'must have at most 30 characters'],
    ['register', { username: 'a b' }, 'username', 'may have letters a–z, digits, and - or _ between them'],
    ['register', { username: 'аdmin' }, 'username', 'may have letters a–z, digits, and - or _ between them'],
    ['register', { password: 'x'.repeat(1_025) }, 'password', 'must have at most 1024 characters'],
    ['register', { password: '1234567' }, 'password', 'must have at least 8 characters'],
    ['logIn', { email: 'x'.repeat(1_025) }, 'email', 'must have at most 1024 characters'],
    ['logIn', { password: 'x'.repeat(1_025) }, 'password', 'must have at most 1024 characters'],
    ['refresh', { refreshToken: 'x'.repeat(257) }, 'refreshToken', 'must have at most 256 characters'],
    ['confirmEmail', { token: 'x'.repeat(257) }, 'token', 'must have at most 256 characters'],
    ['deleteAccount', { posts: 'keep' }, 'posts', 'must be delete or anonymise'],
    ['suspendAccount', { reason: '  ' }, 'reason', 'must not be empty'],
    ['suspendAccount', { reason: 'x'.repeat(501) }, 'reason', 'must have at most 500 characters'],
    ['setRole', { role: 'root' }, 'role', 'must be user, moderator or admin'],
  ])('%s %o', async (operationId, change, path, message) => {
    const response = await send(operationId, JSON.stringify({ ...samples[operationId], ...change }))
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ errors: [{ path, message }] })
  })
})

it('a limit is counted in characters, however many code units each is', async () => {
  const seals = (count: number) => '🦭'.repeat(count)
  const statusOf = async (body: object) => (await send('logIn', JSON.stringify(body))).status
  expect(await statusOf({ email: seals(1_024), password: seals(1_024), deviceToken: seals(128) })).toBe(401)
  expect(await statusOf({ email: seals(1_025), password })).toBe(422)
  expect(await statusOf({ email: 'a@example.test', password: seals(1_025) })).toBe(422)
  const chosen = { email: 'seals@example.test', username: 'seals', password: seals(1_024) }
  expect((await send('register', JSON.stringify(chosen))).status).toBe(201)
})

it.each([
  ['/auth/sessions?limit=0', 'limit'],
  ['/auth/sessions?limit=101', 'limit'],
  ['/auth/sessions?limit=x', 'limit'],
  ['/auth/sessions?cursor=x', 'cursor'],
  ['/auth/account/events?limit=-1', 'limit'],
  ['/auth/account/events?cursor=%00', 'cursor'],
])('%s: the error names the invalid parameter', async (path, name) => {
  const response = await app.request(path, { headers: { authorization: `Bearer ${admin.accessToken}` } })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ code: 'invalid_parameter', errors: [{ path: name }] })
})

it('an unknown value of keep is rejected', async () => {
  const response = await app.request('/auth/sessions?keep=mine', {
    method: 'DELETE',
    headers: { authorization: `Bearer ${admin.accessToken}` },
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    errors: [{ path: 'keep', message: 'must be current or none' }],
  })
})
