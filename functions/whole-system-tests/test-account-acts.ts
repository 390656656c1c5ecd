// What can happen to an account, and a way to let two of these acts meet.
import { randomUUID } from 'node:crypto'
import { expect, vi } from 'vitest'
import { newOpaqueToken, opaqueTokenHash } from '../auth/sessions/opaque-tokens.ts'
import { createTestApp, password, type TestUser } from '../auth/test-app.ts'
import { createTestSmtp } from '../auth/test-smtp.ts'
import { connectOwner } from '../shared/testing/database.ts'
import { composeAll } from './test-apps.ts'

export const smtp = await createTestSmtp()
export const auth = await createTestApp({ email: smtp.config })
const { call, register, owner, setRole, testDatabase } = auth
const appOf = await composeAll(auth)

export interface Scene {
  readonly user: TestUser
  readonly other: TestUser
  readonly admin: TestUser
  readonly resetToken: string
  /** A public post of `other`. */
  readonly slug: string
}
export type Act = (scene: Scene) => Promise<Response>

export const send = (
  method: string,
  path: string,
  user: TestUser,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
) =>
  Promise.resolve(
    appOf(path).request(path, {
      method,
      headers: {
        ...headers,
        authorization: `Bearer ${user.accessToken}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  )
const newPassword = 'another long walk by the sea'
const as = (user: TestUser, body: unknown) => ({ token: user.accessToken, body })

export const ending: Readonly<Record<string, Act>> = {
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

export const beginning: Readonly<Record<string, Act>> = {
  'a session begins': ({ user }) => auth.signInAs(user.email),
  'a token is renewed': ({ user }) => auth.refresh(user.refreshToken),
  'a post is written': ({ user }) => send('POST', '/posts', user, { title: randomUUID(), body: 'Late.' }),
  'a comment is written': ({ user, slug }) =>
    send('POST', `/posts/${slug}/comments`, user, { body: 'Late.' }),
  'a favorite is made': ({ user, slug }) => send('PUT', `/posts/${slug}/favorite`, user),
  'the account is exported': async ({ user }) => {
    const response = await call('GET', '/auth/account/export', { token: user.accessToken })
    // An export that nobody reads keeps one of a few places.
    return new Response(await response.text(), response)
  },
  'a link is requested': ({ user }) => call('POST', '/auth/email/verification', { token: user.accessToken }),
  'someone is followed': ({ user, other }) => send('PUT', `/profile/${other.user.username}/follow`, user),
}

const selectUnsent = {
  name: 'select_unsent',
  text: 'select kind from auth.outbox where account_id = $1::uuid',
}

export async function createScene(): Promise<Scene> {
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
  // Sending the email of the registration locks its row, and waits for the account itself.
  await vi.waitFor(async () => expect(await owner.query(selectUnsent, [user.user.id])).toEqual([]), {
    timeout: 10_000,
  })
  return { user, other, admin, resetToken, slug: title }
}

const waiting = {
  name: 'count_waiting',
  text: `select count(*)::int as n from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`,
}

/** Runs `body` while the connection that it gets holds the lock of the account, which a deletion takes first. */
export async function whileAccountLocked<Result>(
  { user }: Scene,
  body: (holder: Awaited<ReturnType<typeof connectOwner>>) => Promise<Result>,
): Promise<Result> {
  const holder = await connectOwner(testDatabase.ownerUrl)
  try {
    await holder.query('begin')
    await holder.query('select from auth.accounts where id = $1 for update', [user.user.id])
    const result = await body(holder)
    await holder.query('commit')
    return result
  } finally {
    await holder.end()
  }
}

/** Starts `act`; resolves when it waits for a lock, behind `ahead` others, or is done, with the promise of its response. */
export async function startAct(scene: Scene, act: Act, ahead = 0) {
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

/** Starts `first`, and `second` once that waits for the account's lock; releases the lock when both wait or are done. */
export async function interleave(
  scene: Scene,
  first: Act,
  second: Act,
): Promise<readonly [Response, Response]> {
  const [one, two] = await whileAccountLocked(scene, async () => {
    const started = await startAct(scene, first)
    return [started, await startAct(scene, second, started.ahead)] as const
  })
  return [await one.response, await two.response]
}
