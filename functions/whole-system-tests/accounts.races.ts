// Everything that ends or changes an account, concurrent with everything that begins, renews or writes: all pairs, in both
// orders.
import { decodeJwt } from 'jose'
import * as v from 'valibot'
import { afterAll, describe, expect, test } from 'vitest'
import { createPasswordHasher } from '../auth/passwords/password-hasher.ts'
import { Tokens } from '../auth/sessions/schemas.ts'
import { password } from '../auth/test-app.ts'
import {
  type Act,
  auth,
  beginning,
  createScene,
  ending,
  interleave,
  type Scene,
  send,
  smtp,
} from './test-account-acts.ts'

const { owner } = auth

const costly = createPasswordHasher({
  pepper: auth.config.passwordPepper,
  cost: 11,
  workerFile: new URL('../auth/passwords/password-worker.ts', import.meta.url),
})
afterAll(costly.close)

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

describe('an email change that another act has overtaken', () => {
  const changeTo =
    (email: string): Act =>
    ({ user }) =>
      auth.call('PUT', '/auth/account/email', { token: user.accessToken, body: { email, password } })

  test('is recorded and notified as a change of the address that it replaced', async () => {
    const scene = await createScene()
    const [between, back] = [`between-${scene.user.email}`, scene.user.email.replace(/^u/, 'U')]
    const responses = await interleave(scene, changeTo(between), changeTo(back))
    expect(responses.map(({ status }) => status)).toEqual([200, 200])
    const kinds = await auth.eventKinds(scene.user)
    expect(kinds.filter(kind => kind === 'email_changed')).toHaveLength(2)
    await smtp.emailTo(between, 'now uses another email address')
    await smtp.emailTo(back)
  })

  test('tells the new address of a new password', async () => {
    const scene = await createScene()
    const email = `new-${scene.user.email}`
    const change = ending['password change']
    if (change === undefined) throw new Error('no such act')
    const responses = await interleave(scene, changeTo(email), change)
    expect(responses.map(({ status }) => status)).toEqual([200, 204])
    await smtp.emailTo(email, 'The password of your account was changed')
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
