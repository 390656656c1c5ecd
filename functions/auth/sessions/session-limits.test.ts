import { expect, it } from 'vitest'
import { createTestApp, readJson, type TestUser } from '../test-app.ts'

const { call, register, newSession, refresh, setRole, owner, isAccepted } = await createTestApp()

const countOf = async (text: string) => (await owner.query<{ count: number }>({ name: '', text }))[0]?.count
const countSessions = ({ user }: TestUser) =>
  countOf(`select count(*)::int as count from auth.sessions where account_id = '${user.id}'`)

/** Older sessions of the account, as sign-ins leave them. */
const addSessions = ({ user }: TestUser, count: number, endedAt: string) =>
  owner.query({
    name: '',
    text: `insert into auth.sessions (account_id, client, last_used_at, expires_at, ended_at)
      select '${user.id}', 'test', now() - interval '1 hour', now() + interval '1 day', ${endedAt}
      from generate_series(1, ${count})`,
  })

it('an account has at most 100 sessions: of more, ended ones and those unused for longest are deleted', async () => {
  const user = await register()
  await addSessions(user, 60, 'now()')
  await addSessions(user, 38, 'null')
  const used = await newSession(user)
  expect(await countSessions(user)).toBe(100)
  await addSessions(user, 60, 'null')
  for (let n = 0; n < 4; n += 1) await newSession(user)
  expect(await countSessions(user)).toBe(100)
  expect([await isAccepted(user), await isAccepted(used)]).toEqual([true, true])

  // The first of them, with the token that is used below.
  await owner.query({
    name: '',
    text: `update auth.sessions set last_used_at = now() - interval '2 hours'
      where id = (select id from auth.sessions where account_id = '${user.user.id}' order by created_at, id limit 1)`,
  })
  await newSession(user)
  expect(await countSessions(user)).toBe(100)
  expect([await isAccepted(user), await isAccepted(used)]).toEqual([false, true])
  expect((await refresh(user.refreshToken)).status).toBe(401)

  const moderator = await register()
  await setRole(moderator, 'moderator')
  const body = { reason: 'Signs in without end.' }
  const { accessToken } = await newSession(moderator)
  const path = `/auth/accounts/${user.user.username}/suspension`
  expect((await call('PUT', path, { token: accessToken, body })).status).toBe(204)
  expect(await isAccepted(used)).toBe(false)
})

it.each([
  ['the live token', 'null'],
  ['a token whose successor was lost', `now() - interval '1 minute'`],
])(
  'a session keeps the hashes of its last 1,000 refresh tokens after an exchange of %s',
  async (_, usedAt) => {
    const { user, refreshToken } = await register()
    if (usedAt !== 'null') await refresh(refreshToken)
    const sessions = `(select id from auth.sessions where account_id = '${user.id}')`
    await owner.query({
      name: '',
      text: `update auth.refresh_tokens set used_at = ${usedAt} where session_id in ${sessions} and used_at is not null`,
    })
    await owner.query({
      name: '',
      text: `insert into auth.refresh_tokens (token_hash, session_id, issued_at, used_at)
      select sha256((session.id::text || n)::bytea), session.id, now() - interval '1 hour', now() - interval '1 hour'
      from ${sessions} session, generate_series(1, 1010) n`,
    })
    const response = await refresh(refreshToken)
    expect(response.status).toBe(200)
    expect(
      await countOf(`select count(*)::int as count from auth.refresh_tokens where session_id in ${sessions}`),
    ).toBe(1_000)
    expect((await refresh(String((await readJson(response))['refreshToken']))).status).toBe(200)
  },
)
