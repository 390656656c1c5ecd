import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { expect, it } from 'vitest'
import { createTestApp, type TestUser } from '../test-app.ts'
import { SessionPage } from './schemas.ts'

const { call, register, newSession, refresh, eventKinds, isAccepted } = await createTestApp()

const list = async (token: string, query = '') =>
  v.parse(SessionPage, await (await call('GET', `/auth/sessions${query}`, { token })).json())

async function threeSessions() {
  const user = await register()
  return { user, second: await newSession(user, 'phone/2'), third: await newSession(user, 'x'.repeat(300)) }
}

it('lists the caller’s active sessions, newest first, marks the current one and truncates the client', async () => {
  const { user, second } = await threeSessions()
  await register('somebody-else')
  const { items, nextCursor } = await list(second.accessToken)
  expect(items.map(item => [item.client, item.current])).toEqual([
    ['x'.repeat(200), false],
    ['phone/2', true],
    ['test', false],
  ])
  expect(nextCursor).toBeNull()
  expect(Date.parse(items[0]?.expiresAt ?? '') - Date.parse(items[0]?.createdAt ?? '')).toBe(30 * 86_400_000)
  expect(user.user.id).toBeDefined()
})

it('is paged, with cursors bound to the account', async () => {
  const { user } = await threeSessions()
  const first = await list(user.accessToken, '?limit=2')
  expect(first.items).toHaveLength(2)
  const rest = await list(user.accessToken, `?limit=2&cursor=${first.nextCursor}`)
  expect(rest.items).toHaveLength(1)
  expect(rest.nextCursor).toBeNull()
  expect(new Set([...first.items, ...rest.items].map(item => item.id)).size).toBe(3)
  const stranger = await register()
  const path = `/auth/sessions?cursor=${first.nextCursor}`
  expect((await call('GET', path, { token: stranger.accessToken })).status).toBe(400)
})

it('revokes one session', async () => {
  const { user, second, third } = await threeSessions()
  const { items } = await list(user.accessToken)
  const id = items.find(item => item.client === 'phone/2')?.id
  const end = () => call('DELETE', `/auth/sessions/${id}`, { token: user.accessToken })
  expect((await end()).status).toBe(204)
  expect([await isAccepted(user), await isAccepted(second), await isAccepted(third)]).toEqual([
    true,
    false,
    true,
  ])
  expect((await refresh(second.refreshToken)).status).toBe(401)
  expect((await end()).status).toBe(404)
  expect(await eventKinds(user)).toContain('session_ended')
})

it('revokes all other sessions', async () => {
  const { user, second, third } = await threeSessions()
  const response = await call('DELETE', '/auth/sessions?keep=current', { token: second.accessToken })
  expect(response.status).toBe(204)
  expect([await isAccepted(user), await isAccepted(second), await isAccepted(third)]).toEqual([
    false,
    true,
    false,
  ])
})

it('revokes all sessions', async () => {
  const { user, second, third } = await threeSessions()
  expect((await call('DELETE', '/auth/sessions', { token: second.accessToken })).status).toBe(204)
  expect([await isAccepted(user), await isAccepted(second), await isAccepted(third)]).toEqual([
    false,
    false,
    false,
  ])
})

it.each([
  ['a session of another account', async (other: TestUser) => (await list(other.accessToken)).items[0]?.id],
  ['an unknown session', async () => randomUUID()],
  ['an invalid id', async () => 'x'],
])('%s is not found', async (_, idOf) => {
  const [user, other] = [await register(), await register()]
  const response = await call('DELETE', `/auth/sessions/${await idOf(other)}`, { token: user.accessToken })
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ detail: 'You have no such session.' })
  expect(await isAccepted(other)).toBe(true)
})
