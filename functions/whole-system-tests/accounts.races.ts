import { randomUUID } from 'node:crypto'
import { decodeJwt } from 'jose'
import * as v from 'valibot'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { createPasswordHasher } from '../auth/passwords/password-hasher.ts'
import { newOpaqueToken, opaqueTokenHash } from '../auth/sessions/opaque-tokens.ts'
import { Tokens } from '../auth/sessions/schemas.ts'
import { createTestApp, password, type TestUser } from '../auth/test-app.ts'
import { createTestSmtp } from '../auth/test-smtp.ts'
import { connectOwner } from '../shared/testing/database.ts'
import { composeAll } from './test-apps.ts'

/** Everything that ends or changes an account, concurrent with everything that begins, renews or writes: all pairs, in both orders. */
const smtp = await createTestSmtp()
const auth = await createTestApp({ email: smtp.config })
const { call, register, owner, setRole, testDatabase } = auth
const appOf = await composeAll(auth)

const costly = createPasswordHasher({
  pepper: auth.config.passwordPepper,
  cost: 11,
  workerFile: new URL('../auth/passwords/password-worker.ts', import.meta.url),
})
afterAll(costly.close)

interface Scene {
  readonly user: TestUser
  readonly other: TestUser
  readonly admin: TestUser
  readonly resetToken: string
  /** A public post of `other`. */
  readonly slug: string
}
type Act = (scene: Scene) => Promise<Response>

const send = (method: string, path: string, user: TestUser, body?: unknown) =>
  Promise.resolve(
    appOf(path).request(path, {
      method,
      headers: {
        authorization: `Bearer ${user.accessToken}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  )
const newPassword = 'another long walk by the sea'
const as = (user: TestUser, body: unknown) => ({ token: user.accessToken, body })

const ending: Readonly<Record<string, Act>> = {
  'sign-in': ({ user }) => auth.signInAs(user.email),
  refresh: ({ user }) => auth.refresh(user.refreshToken),
  'password change': ({ user }) =>
    call('PUT', '/auth/account/password', as(user, { currentPassword: password, newPassword })),
  reset: ({ resetToken }) =>
    call('POST', '/auth/password/reset/confirm', { body: { token: resetToken, password: newPassword } }),
  'email change': ({ user }) =>
    call('PUT', '/auth/account/email', as(user, { email: `new-${user.email}`, password })),
  suspension: ({ user, admin }) =>
    call('PUT', `/auth/accounts/${user.user.username}/suspension`, as(admin, { reason: 'spam' })),
  'role change': ({ user, admin }) =>
    call('PUT', `/auth/accounts/${user.user.username}/role`, as(admin, { role: 'moderator' })),
  deletion: ({ user }) => call('POST', '/auth/account/deletion', as(user, { password, posts: 'delete' })),
  'sign-out everywhere': ({ user }) => call('DELETE', '/auth/sessions', { token: user.accessToken }),
}

const beginning: Readonly<Record<string, Act>> = {
  'a session begins': ({ user }) => auth.signInAs(user.email),
  'a token is renewed': ({ user }) => auth.refresh(user.refreshToken),
  'a post is written': ({ user }) => send('POST', '/posts', user, { title: randomUUID(), body: 'Late.' }),
  'a comment is written': ({ user, slug }) =>
    send('POST', `/posts/${slug}/comments`, user, { body: 'Late.' }),
  'a favorite is made': ({ user, slug }) => send('PUT', `/posts/${slug}/favorite`, user),
  'someone is followed': ({ user, other }) => send('PUT', `/profile/${other.user.username}/follow`, user),
}

async function createScene(): Promise<Scene> {
  const [user, other, admin] = [await register(), await register('other'), await register('admin')]
  await setRole(admin, 'admin')
  const resetToken = newOpaqueToken()
  await owner.query(
    {
      name: 'insert_reset_token',
      text: `insert into auth.email_tokens (account_id, purpose, token_hash, email, expires_at)
        values ($1::uuid, 'reset_password', $2::bytea, $3::text, now() + interval '1 hour')
        on conflict (account_id, purpose) do update set token_hash = excluded.token_hash`,
    },
    [user.user.id, opaqueTokenHash(resetToken), user.email],
  )
  const title = randomUUID()
  const created = await send('POST', '/posts', other, { title, body: 'Here.' })
  expect(created.status).toBe(201)
  return { user, other, admin, resetToken, slug: title }
}

const waiting = {
  name: 'count_waiting',
  text: `select count(*)::int as n from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`,
}

/** Starts `first`, and `second` once that waits for the account's lock; releases the lock when both wait or are done. */
async function interleave(scene: Scene, first: Act, second: Act): Promise<readonly [Response, Response]> {
  const holder = await connectOwner(testDatabase.ownerUrl)
  try {
    await holder.query('begin')
    await holder.query('select from auth.accounts where id = $1 for update', [scene.user.user.id])
    const begin = async (act: Act, ahead: number) => {
      let isDone = false
      const response = act(scene).finally(() => {
        isDone = true
      })
      await vi.waitFor(
        async () => {
          const [row] = await owner.query<{ n: number }>(waiting)
          if (!isDone && (row?.n ?? 0) <= ahead) throw new Error('neither waits nor is done')
        },
        { timeout: 5_000, interval: 5 },
      )
      const [row] = await owner.query<{ n: number }>(waiting)
      return { response, ahead: row?.n ?? 0 }
    }
    const one = await begin(first, 0)
    const two = await begin(second, one.ahead)
    await holder.query('commit')
    return [await one.response, await two.response]
  } finally {
    await holder.end()
  }
}

const state = {
  name: 'select_race_state',
  text: `select
      (select role from auth.accounts where id = $1::uuid) as role,
      (select suspended_at is not null from auth.accounts where id = $1::uuid) as "isSuspended",
      (select count(*)::int from auth.sessions where account_id = $1::uuid and ended_at is null) as sessions,
      (select count(*)::int from posts.posts where author_id = $1::uuid) as posts,
      (select count(*)::int from posts.comments where account_id = $1::uuid) as comments,
      (select count(*)::int from posts.favorites where account_id = $1::uuid) as favorites,
      (select count(*)::int from profile.follows where follower_id = $1::uuid) as follows`,
}

/** Whether the session can still be refreshed, which is all that an intruder needs. */
const isLive = async (refreshToken: string) => (await auth.refresh(refreshToken)).status === 200

/** These end nothing: beside them everything succeeds. */
const endsNothing = ['sign-in', 'refresh', 'email change']
const isSignIn = (name: string) => name === 'sign-in' || name === 'a session begins'

async function check(
  scene: Scene,
  { name, beginningName }: { readonly name: string; readonly beginningName: string },
  ended: Response,
  begun: Response,
): Promise<void> {
  for (const response of [ended, begun])
    expect(response.status, `${name}: ${await response.clone().text()}`).toBeLessThan(500)
  const [now] = await owner.query<{
    role: string | null
    isSuspended: boolean | null
    sessions: number
    posts: number
    comments: number
    favorites: number
    follows: number
  }>(state, [scene.user.user.id])
  const happened = ended.status < 300
  const tokens = v.safeParse(
    Tokens,
    begun.ok
      ? await begun
          .clone()
          .json()
          .catch(() => ({}))
      : {},
  )
  const mine = tokens.success ? tokens.output : undefined

  if (endsNothing.includes(name)) {
    expect([ended.ok, begun.ok]).toEqual([true, true])
    expect(now?.sessions).toBe(1 + [name, beginningName].filter(isSignIn).length)
  }
  if (name === 'sign-out everywhere') {
    expect(ended.status).toBe(204)
    // A sign-in that is not finished when the others end waits for the account, and begins after them.
    expect(now?.sessions).toBe(isSignIn(beginningName) ? 1 : 0)
  }
  if (name === 'deletion' && happened)
    expect(now).toEqual({
      role: null,
      isSuspended: null,
      sessions: 0,
      posts: 0,
      comments: 0,
      favorites: 0,
      follows: 0,
    })
  if (name === 'suspension' && happened) expect(now).toMatchObject({ isSuspended: true, sessions: 0 })
  if (mine === undefined) return
  if (['deletion', 'suspension'].includes(name) && happened)
    expect(await isLive(mine.refreshToken)).toBe(false)
  // Revokes everyone who knew the old password: all sessions except the one that made the change.
  if (name === 'reset' && happened) expect(await isLive(mine.refreshToken)).toBe(false)
  if (
    name === 'password change' &&
    happened &&
    decodeJwt(mine.accessToken)['sid'] !== decodeJwt(scene.user.accessToken)['sid']
  )
    expect(await isLive(mine.refreshToken)).toBe(false)
  if (name === 'sign-out everywhere') expect(await isLive(mine.refreshToken)).toBe(isSignIn(beginningName))
  if (name === 'role change' && happened && decodeJwt(mine.accessToken)['role'] !== now?.role)
    expect(await isLive(mine.refreshToken)).toBe(false)
}

describe.each(Object.entries(ending))('%s', (name, end) => {
  test.each(Object.entries(beginning))('while %s', async (beginningName, begin) => {
    for (const order of ['before', 'after'] as const) {
      const scene = await createScene()
      const [first, second] = order === 'before' ? [end, begin] : [begin, end]
      const [one, two] = await interleave(scene, first, second)
      const [ended, begun] = order === 'before' ? [one, two] : [two, one]
      await check(scene, { name, beginningName }, ended, begun)
    }
  })
})

test.each(['suspension', 'reset'])('a deletion just after a %s deletes nothing', async name => {
  const scene = await createScene()
  expect((await send('PUT', `/profile/${scene.other.user.username}/follow`, scene.user)).status).toBeLessThan(
    300,
  )
  const [first, deletion] = [ending[name], ending['deletion']]
  if (first === undefined || deletion === undefined) throw new Error('no such act')
  const [ended, deleted] = await interleave(scene, first, deletion)
  expect([ended.status, deleted.status]).toEqual([204, 401])
  const [now] = await owner.query<{ follows: number }>(state, [scene.user.user.id])
  expect(now?.follows).toBe(1)
})

test('a suspended account cannot write with a token that it still has', async () => {
  const scene = await createScene()
  expect((await ending['suspension']?.(scene))?.status).toBe(204)
  for (const [name, act] of Object.entries(beginning))
    expect([401, 403], name).toContain((await act(scene)).status)
})

describe('while the password is being compared', () => {
  test.each([
    ['suspension', 403],
    ['role change', 200],
  ] as const)('%s takes precedence over the checked state', async (name, status) => {
    const scene = await createScene()
    // 3 sequential comparisons of 0.2 s each: the change happens during them.
    await owner.query(
      {
        name: 'use_costly_hash',
        text: 'update auth.accounts set password_hash = $2::text where id = $1::uuid',
      },
      [scene.user.user.id, await costly.hash(password, ['192.0.2.1'])],
    )
    let done = 0
    const signIns = [1, 2, 3].map(async () => {
      const response = await auth.signInAs(scene.user.email)
      done += 1
      return response
    })
    await new Promise(resolve => setImmediate(resolve))
    expect((await ending[name]?.(scene))?.status).toBe(204)
    expect(done).toBe(0)
    for (const response of await Promise.all(signIns)) {
      expect(response.status).toBe(status)
      if (status === 200)
        expect(decodeJwt(v.parse(Tokens, await response.json()).accessToken)['role']).toBe('moderator')
    }
  })
})
