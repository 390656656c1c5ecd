// A deletion locks the account first and then all of its rows. Anything that locks one of these rows before the account
// could deadlock with it.
import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { newOpaqueToken, opaqueTokenHash } from '../auth/sessions/opaque-tokens.ts'
import { Tokens } from '../auth/sessions/schemas.ts'
import type { TestUser } from '../auth/test-app.ts'
import {
  type Act,
  auth,
  beginning,
  createScene,
  ending,
  type Scene,
  send,
  startAct,
  whileAccountLocked,
} from './test-account-acts.ts'

const { call, owner, refresh } = auth

const insertVerificationToken = {
  name: 'insert_verification_token',
  text: `insert into auth.email_tokens (account_id, purpose, token_hash, email, expires_at)
    values ($1::uuid, 'verify_email', $2::bytea, $3::text, now() + interval '1 hour')
    on conflict (account_id, purpose) do update set token_hash = excluded.token_hash, outbox_id = null`,
}

/** As if every exchange had been an hour ago, so that a used token counts as stolen. */
const ageTokens = {
  name: 'age_used_tokens',
  text: `update auth.refresh_tokens set used_at = used_at - interval '1 hour'
    where session_id in (select id from auth.sessions where account_id = $1::uuid)`,
}

const ageKeys = {
  name: 'age_idempotency_keys',
  text: `update posts.idempotency_keys set created_at = created_at - interval '2 days' where account_id = $1::uuid`,
}

const anyVersion = { 'if-match': '*' }

/** Returns the path of a new post. */
async function ownPost(user: TestUser): Promise<string> {
  const title = randomUUID()
  expect((await send('POST', '/posts', user, { title, body: 'Mine.' })).status).toBe(201)
  return `/posts/${title}`
}

const sessionOf = async (scene: Scene): Promise<string> => {
  const [row] = await owner.query<{ id: string }>(
    { name: 'select_test_session', text: 'select id from auth.sessions where account_id = $1::uuid' },
    [scene.user.user.id],
  )
  return row?.id ?? ''
}

/** Returns the act, with all that it needs in place. */
type Prepare = (scene: Scene) => Act | Promise<Act>
const more: Readonly<Record<string, Prepare>> = {
  'sign-out': () => scene =>
    call('POST', '/auth/logout', { body: { refreshToken: scene.user.refreshToken } }),
  'end of a session': async scene => {
    const id = await sessionOf(scene)
    return ({ user }) => call('DELETE', `/auth/sessions/${id}`, { token: user.accessToken })
  },
  'reuse of a refresh token': async ({ user }) => {
    const { refreshToken } = v.parse(Tokens, await (await refresh(user.refreshToken)).json())
    expect((await refresh(refreshToken)).status).toBe(200)
    await owner.query(ageTokens, [user.user.id])
    return () => refresh(user.refreshToken)
  },
  'verification of the email': async ({ user }) => {
    const token = newOpaqueToken()
    await owner.query(insertVerificationToken, [user.user.id, opaqueTokenHash(token), user.email])
    return () => call('POST', '/auth/email/verification/confirm', { body: { token } })
  },
  'first change of the profile': () => scene => send('PATCH', '/profile', scene.user, { bio: 'First.' }),
  'change of the profile': async ({ user }) => {
    expect((await send('PATCH', '/profile', user, { bio: 'First.' })).status).toBe(200)
    return () => send('PATCH', '/profile', user, { bio: 'Second.' })
  },
  'new username': async ({ user }) => {
    expect((await send('PATCH', '/profile', user, { bio: 'First.' })).status).toBe(200)
    return () => send('PATCH', '/profile', user, { username: `n-${randomUUID().slice(0, 8)}` })
  },
  'change of a post': async ({ user }) => {
    const path = await ownPost(user)
    return () => send('PATCH', path, user, { title: 'Changed.' }, anyVersion)
  },
  'comment on a post of one’s own': async ({ user }) => {
    const path = await ownPost(user)
    return () => send('POST', `${path}/comments`, user, { body: 'Mine.' })
  },
  'favorite of a post of one’s own': async ({ user }) => {
    const path = await ownPost(user)
    return () => send('PUT', `${path}/favorite`, user)
  },
  'change of a comment': async ({ user, slug }) => {
    const created = await send('POST', `/posts/${slug}/comments`, user, { body: 'Mine.' })
    const { id } = v.parse(v.object({ id: v.string() }), await created.json())
    return () => send('PATCH', `/posts/${slug}/comments/${id}`, user, { body: 'Changed.' }, anyVersion)
  },
  'a post under an Idempotency-Key that has expired': async ({ user }) => {
    const write = () =>
      send('POST', '/posts', user, { title: randomUUID(), body: 'Kept.' }, { 'idempotency-key': 'a' })
    expect((await write()).status).toBe(201)
    await owner.query(ageKeys, [user.user.id])
    return write
  },
  unfollow: async ({ user, other }) => {
    const path = `/profile/${other.user.username}/follow`
    expect((await send('PUT', path, user)).status).toBe(200)
    return () => send('DELETE', path, user)
  },
}
const given = Object.entries({ ...ending, ...beginning }).map(([name, act]): [string, Prepare] => [
  name,
  () => act,
])

/** Fails with 55P03 where another transaction has locked one of them. */
const lockAllRows = (account: string) => `
  select from auth.sessions where account_id = '${account}' for update nowait;
  select from auth.refresh_tokens
    where session_id in (select id from auth.sessions where account_id = '${account}') for update nowait;
  select from auth.email_tokens where account_id = '${account}' for update nowait;
  select from auth.outbox where account_id = '${account}' for update nowait;
  select from profile.profiles where account_id = '${account}' for update nowait;
  select from profile.follows where '${account}' in (follower_id, followee_id) for update nowait;
  select from profile.follow_counts where account_id = '${account}' for update nowait;
  select from posts.posts where author_id = '${account}' for update nowait;
  select from posts.post_counts where author_id = '${account}' for update nowait;
  select from posts.comments where account_id = '${account}' for update nowait;
  select from posts.favorites where account_id = '${account}' for update nowait;
  select from posts.idempotency_keys where account_id = '${account}' for update nowait`

test.each([...given, ...Object.entries(more)])(
  '%s waits for the account before it locks a row of it',
  async (_, prepare) => {
    const scene = await createScene()
    const act = await prepare(scene)
    const { response } = await whileAccountLocked(scene, async holder => {
      const started = await startAct(scene, act)
      await holder.query(lockAllRows(scene.user.user.id))
      return started
    })
    await response
  },
)

test('of several new usernames at once none fails', async () => {
  const { user } = await createScene()
  expect((await send('PATCH', '/profile', user, { bio: 'First.' })).status).toBe(200)
  const responses = await Promise.all(
    [1, 2, 3, 4].map(() => send('PATCH', '/profile', user, { username: `n-${randomUUID().slice(0, 8)}` })),
  )
  // Three names can be held, so the last one may be 429.
  for (const { status } of responses) expect(status).toBeLessThan(500)
})
