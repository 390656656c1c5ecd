import { expect, it, vi } from 'vitest'
import { createTestApp, password, readJson } from '../test-app.ts'

const { call, register, signInAs, newSession, owner, eventKinds, isAccepted } = await createTestApp()

const changePassword = (token: string, currentPassword: string, newPassword: string) =>
  call('PUT', '/auth/account/password', { token, body: { currentPassword, newPassword } })

it('changing the password revokes the other sessions, and only the new password is accepted', async () => {
  const user = await register()
  const other = await newSession(user)
  expect((await changePassword(user.accessToken, password, 'another long walk')).status).toBe(204)
  expect([await isAccepted(user), await isAccepted(other)]).toEqual([true, false])
  expect((await signInAs(user.email)).status).toBe(401)
  expect((await signInAs(user.email, 'another long walk')).status).toBe(200)
  expect(await eventKinds(user)).toContain('password_changed')
})

it.each([
  ['the current password is wrong', 'wrong', 'another long walk', 403, 'currentPassword', 'is wrong'],
  ['the new one is too short', password, 'short', 422, 'newPassword', 'must have at least 8 characters'],
  ['the new one is common', password, 'password123', 422, 'newPassword', 'is one of the most used passwords'],
])('rejects a password change when %s', async (_, current, next, status, path, message) => {
  const user = await register()
  const response = await changePassword(user.accessToken, current, next)
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ errors: [{ path, message }] })
  expect((await signInAs(user.email)).status).toBe(200)
})

it('only one of two concurrent password changes succeeds', async () => {
  const user = await register()
  const responses = await Promise.all(
    ['a new password', 'another password'].map(next => changePassword(user.accessToken, password, next)),
  )
  const statuses = responses.map(response => response.status).sort()
  // The other one notices the change either during its work or at its start.
  expect([
    [204, 409],
    [204, 403],
  ]).toContainEqual(statuses)
})

it('changes the email given the password, and the old address cannot sign in any more', async () => {
  const user = await register()
  const change = (email: string, tried: string) =>
    call('PUT', '/auth/account/email', { token: user.accessToken, body: { email, password: tried } })
  expect((await change('new@example.test', 'wrong')).status).toBe(403)
  const response = await change('New@example.test', password)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({
    id: user.user.id,
    email: 'New@example.test',
    emailVerified: false,
  })
  expect((await signInAs(user.email)).status).toBe(401)
  expect((await signInAs('new@EXAMPLE.test')).status).toBe(200)
  expect(await eventKinds(user)).toContain('email_changed')

  const other = await register()
  const taken = await change(other.email.toUpperCase(), password)
  expect(taken.status).toBe(409)
  expect(await taken.json()).toMatchObject({ errors: [{ path: 'email', message: 'is taken' }] })
})

it('another spelling of the same address keeps it verified', async () => {
  const user = await register()
  await owner.query(
    { name: 'verify', text: 'update auth.accounts set email_verified_at = now() where id = $1' },
    [user.user.id],
  )
  const email = user.email.toUpperCase()
  const response = await call('PUT', '/auth/account/email', {
    token: user.accessToken,
    body: { email, password },
  })
  expect(await response.json()).toMatchObject({ email, emailVerified: true })
})

it('lists only the caller’s security events, in pages, newest first', async () => {
  const [user, other] = [await register(), await register()]
  for (let n = 0; n < 3; n += 1) await newSession(user, `client-${n}`)
  await vi.waitFor(async () => expect(await eventKinds(user)).toHaveLength(4), 10_000)
  const page = async (query: string) =>
    readJson(await call('GET', `/auth/account/events${query}`, { token: user.accessToken }))
  const first = await page('?limit=3')
  expect(first).toMatchObject({
    items: [{ client: 'client-2' }, { client: 'client-1' }, { client: 'client-0' }],
  })
  expect(await page(`?limit=3&cursor=${first['nextCursor']}`)).toMatchObject({
    items: [{ kind: 'registered' }],
    nextCursor: null,
  })
  const others = await readJson(await call('GET', '/auth/account/events', { token: other.accessToken }))
  expect(others).toMatchObject({ items: [{ kind: 'registered' }] })
})
