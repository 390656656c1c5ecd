import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { operations } from '../operations.ts'
import { createTestApp, readJson, type TestUser } from '../test-app.ts'

const { call, register, signInAs, newSession, refresh, setRole, eventKinds, owner, isAccepted } =
  await createTestApp()

async function registerWithRole(role: 'user' | 'moderator' | 'admin'): Promise<TestUser> {
  const user = await register(role)
  await setRole(user, role)
  return user
}

const suspend = (by: TestUser, username: string) =>
  call('PUT', `/auth/accounts/${username}/suspension`, { token: by.accessToken, body: { reason: 'spam' } })
const restore = (by: TestUser, username: string) =>
  call('DELETE', `/auth/accounts/${username}/suspension`, { token: by.accessToken })
const giveRole = (by: TestUser, username: string, role: string) =>
  call('PUT', `/auth/accounts/${username}/role`, { token: by.accessToken, body: { role } })

describe('suspension', () => {
  it('revokes the sessions, prevents sign-in, and reveals the reason only after the right password', async () => {
    const [moderator, user] = [await registerWithRole('moderator'), await register()]
    expect((await suspend(moderator, user.user.username)).status).toBe(204)
    expect(await isAccepted(user)).toBe(false)
    expect((await refresh(user.refreshToken)).status).toBe(401)
    const refused = await signInAs(user.email)
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ code: 'account_suspended' })
    const wrong = await signInAs(user.email, 'wrong')
    expect(wrong.status).toBe(401)

    expect((await restore(moderator, user.user.username)).status).toBe(204)
    expect((await signInAs(user.email)).status).toBe(200)
    expect(await eventKinds(user)).toEqual(expect.arrayContaining(['suspended', 'restored']))
  })

  it('is idempotent', async () => {
    const [moderator, user] = [await registerWithRole('moderator'), await register()]
    for (let n = 0; n < 2; n += 1) expect((await suspend(moderator, user.user.username)).status).toBe(204)
    for (let n = 0; n < 2; n += 1) expect((await restore(moderator, user.user.username)).status).toBe(204)
    expect((await eventKinds(user)).filter(kind => kind !== 'registered')).toEqual(['restored', 'suspended'])
  })
})

describe('permissions', () => {
  const allowed = {
    suspend: { user: [], moderator: ['user'], admin: ['user', 'moderator'] },
    role: { user: [], moderator: [], admin: ['user', 'moderator'] },
  } as const
  const roles = ['user', 'moderator', 'admin'] as const
  const table = roles.flatMap(by => roles.map(to => [by, to] as const))

  it.each(table)('%s to %s', async (by, to) => {
    const [actor, subject] = [await registerWithRole(by), await registerWithRole(to)]
    const expected = (verb: keyof typeof allowed) => (allowed[verb][by].some(role => role === to) ? 204 : 403)
    expect((await suspend(actor, subject.user.username)).status).toBe(expected('suspend'))
    expect((await restore(actor, subject.user.username)).status).toBe(expected('suspend'))
    expect((await giveRole(actor, subject.user.username, 'user')).status).toBe(expected('role'))
  })

  it('nobody can moderate themselves', async () => {
    const admin = await registerWithRole('admin')
    expect((await suspend(admin, admin.user.username)).status).toBe(403)
    expect((await giveRole(admin, admin.user.username, 'user')).status).toBe(403)
  })

  it('a demotion takes effect immediately, although the token still carries the former role', async () => {
    const [moderator, user] = [await registerWithRole('moderator'), await register()]
    const session = await newSession(moderator)
    expect(decodeJwt(session.accessToken)).toMatchObject({ role: 'moderator' })
    await setRole(moderator, 'user')
    const token = session.accessToken
    const path = `/auth/accounts/${user.user.username}/suspension`
    expect((await call('PUT', path, { token, body: { reason: 'x' } })).status).toBe(403)
  })

  it.each(['nobody-here', '%20', 'a%00b'])('no account has the name %s', async name => {
    const moderator = await registerWithRole('moderator')
    expect((await suspend(moderator, name)).status).toBe(404)
  })
})

it('a new role revokes the sessions and is carried by the next token', async () => {
  const [admin, user] = [await registerWithRole('admin'), await register()]
  expect((await giveRole(admin, user.user.username, 'moderator')).status).toBe(204)
  expect(await isAccepted(user)).toBe(false)
  const session = await newSession(user)
  expect(decodeJwt(session.accessToken)).toMatchObject({ role: 'moderator' })
  expect(session.user.role).toBe('moderator')
  const events = await readJson(await call('GET', '/auth/account/events', { token: session.accessToken }))
  expect(JSON.stringify(events)).toContain('"kind":"role_changed","address":"moderation"')
})

describe('a former username', () => {
  async function rename(user: TestUser, username: string): Promise<void> {
    const text = `select auth.change_username($1::uuid, $2::text, interval '90 days', 10)`
    await owner.query({ name: 'rename', text }, [user.user.id, username])
  }
  const bodies: Readonly<Record<string, unknown>> = {
    suspendAccount: { reason: 'spam' },
    restoreAccount: undefined,
    setRole: { role: 'user' },
  }
  const named = operations.filter(operation => operation.path.includes('{username}'))

  it.each(named.map(operation => [operation.documentation.operationId, operation] as const))(
    'identifies its account in %s while it is held',
    async (id, { method, path }) => {
      const [admin, user] = [await registerWithRole('admin'), await register()]
      const former = user.user.username
      await rename(user, `${former}-2`)
      const ask = () =>
        call(method.toUpperCase(), path.replace('{username}', former), {
          token: admin.accessToken,
          body: bodies[id],
        })
      expect((await ask()).status).toBe(204)
      const end = `update auth.former_usernames set held_until = now() where account_id = $1::uuid`
      await owner.query({ name: 'end_hold', text: end }, [user.user.id])
      expect((await ask()).status).toBe(404)
    },
  )

  it('identifies its new owner once it is registered again', async () => {
    const [moderator, user, next] = [await registerWithRole('moderator'), await register(), await register()]
    const former = user.user.username
    await rename(user, `${former}-2`)
    const text = `update auth.former_usernames set account_id = $1::uuid where username_key = $2::text`
    await owner.query({ name: 'free', text }, [next.user.id, former])
    await rename(next, former)
    await owner.query(
      {
        name: 'hold_again',
        text: `insert into auth.former_usernames
      values ($2::text, $1::uuid, now() + interval '1 day')`,
      },
      [user.user.id, former],
    )
    expect((await suspend(moderator, former)).status).toBe(204)
    expect(await isAccepted(user)).toBe(true)
    expect(await isAccepted(next)).toBe(false)
  })
})
