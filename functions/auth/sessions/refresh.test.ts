import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { createTestApp, readJson } from '../test-app.ts'
import { Tokens } from './schemas.ts'

const { call, register, refresh, owner, eventKinds, isAccepted } = await createTestApp()

const tokensOf = async (response: Response) => v.parse(Tokens, await response.json())

/** Pretends that the token was used this long ago. */
const ageUse = (seconds: number) =>
  owner.query(
    {
      name: 'age_use',
      text: `update auth.refresh_tokens set used_at = used_at - make_interval(secs => $1::int) where used_at is not null`,
    },
    [seconds],
  )

describe('refresh', () => {
  it('returns new tokens of the same session', async () => {
    const user = await register()
    const first = await tokensOf(await refresh(user.refreshToken))
    expect(first.refreshToken).not.toBe(user.refreshToken)
    const second = await tokensOf(await refresh(first.refreshToken))
    expect(second.refreshToken).not.toBe(first.refreshToken)
    expect(await isAccepted(second)).toBe(true)
  })

  it('tokens are stored as hashes', async () => {
    const user = await register()
    const { refreshToken } = await tokensOf(await refresh(user.refreshToken))
    const text = `select coalesce(string_agg(t::text, ' '), '') || (select string_agg(s::text, ' ') from auth.sessions s) as dump
      from auth.refresh_tokens t`
    const [row] = await owner.query<{ dump: string }>({ name: 'dump', text })
    for (const token of [user.refreshToken, refreshToken]) {
      expect(row?.dump).not.toContain(token)
      expect(row?.dump).not.toContain(Buffer.from(token).toString('hex'))
      expect(row?.dump).not.toContain(Buffer.from(token, 'base64url').toString('hex'))
    }
  })

  it('50 parallel refreshes get one successor and leave one live family', async () => {
    const user = await register()
    const responses = await Promise.all(Array.from({ length: 50 }, () => refresh(user.refreshToken)))
    expect(responses.map(response => response.status)).toEqual(Array.from({ length: 50 }, () => 200))
    const given = await Promise.all(responses.map(tokensOf))
    expect(new Set(given.map(tokens => tokens.refreshToken)).size).toBe(1)
    const text = `select count(*) filter (where used_at is null)::int as live, count(*)::int as all
      from auth.refresh_tokens token join auth.sessions session on session.id = token.session_id
      where session.account_id = $1 and session.ended_at is null`
    const counts = await owner.query({ name: 'count_tokens', text }, [user.user.id])
    expect(counts).toEqual([{ live: 1, all: 2 }])
    expect((await refresh(given[0]?.refreshToken ?? '')).status).toBe(200)
  })

  it('within the window a repeat gets the live token, even after further refreshes', async () => {
    const user = await register()
    const first = await tokensOf(await refresh(user.refreshToken))
    expect((await tokensOf(await refresh(user.refreshToken))).refreshToken).toBe(first.refreshToken)
    const second = await tokensOf(await refresh(first.refreshToken))
    expect((await tokensOf(await refresh(user.refreshToken))).refreshToken).toBe(second.refreshToken)
  })

  it('after the window a repeat gets a new successor if the former was never used, and invalidates that one', async () => {
    const user = await register()
    const lost = await tokensOf(await refresh(user.refreshToken))
    await ageUse(11)
    const [again, parallel] = await Promise.all([refresh(user.refreshToken), refresh(user.refreshToken)])
    const next = await tokensOf(again)
    expect(next.refreshToken).not.toBe(lost.refreshToken)
    expect((await tokensOf(parallel)).refreshToken).toBe(next.refreshToken)
    await ageUse(11)
    const third = await tokensOf(await refresh(user.refreshToken))
    expect(await eventKinds(user)).not.toContain('refresh_token_reused')
    // Presenting the abandoned token is reuse: two clients have tokens, and one of them stole its own.
    expect((await refresh(lost.refreshToken)).status).toBe(401)
    expect((await refresh(third.refreshToken)).status).toBe(401)
    expect(await eventKinds(user)).toContain('refresh_token_reused')
  })

  it.each([
    ['after the window', 11],
    ['from before the clock went back', -3_600],
  ])('%s a repeat of an older token revokes the session and returns an error', async (_, seconds) => {
    const user = await register()
    const first = await tokensOf(await refresh(user.refreshToken))
    const { refreshToken, accessToken } = await tokensOf(await refresh(first.refreshToken))
    await ageUse(seconds)
    const reused = await refresh(user.refreshToken)
    expect(reused.status).toBe(401)
    expect(await reused.json()).toMatchObject({ code: 'invalid_refresh_token' })
    expect((await refresh(refreshToken)).status).toBe(401)
    expect(await isAccepted({ accessToken })).toBe(false)
    expect(await eventKinds(user)).toContain('refresh_token_reused')
  })

  it.each([
    ['its lifetime is over', `expires_at = now()`],
    ['it was not used for longer than the idle time', `last_used_at = now() - interval '7 days 1 second'`],
  ])('is rejected when %s', async (_, change) => {
    const user = await register()
    const text = `update auth.sessions set ${change} where account_id = $1`
    await owner.query({ name: `age_session_${change.slice(0, 4)}`, text }, [user.user.id])
    expect((await refresh(user.refreshToken)).status).toBe(401)
    const list = await readJson(await call('GET', '/auth/sessions', { token: user.accessToken }))
    expect(list).toMatchObject({ items: [] })
  })

  it('extends the idle timeout but not the absolute lifetime', async () => {
    const user = await register()
    const select = {
      name: 'select_times',
      text: `select expires_at as "expiresAt", last_used_at > now() - interval '1 minute' as "usedNow"
        from auth.sessions where account_id = $1`,
    }
    const [before] = await owner.query<{ expiresAt: Date }>(select, [user.user.id])
    const age = `update auth.sessions set last_used_at = now() - interval '6 days' where account_id = $1`
    await owner.query({ name: 'age_six_days', text: age }, [user.user.id])
    expect((await refresh(user.refreshToken)).status).toBe(200)
    expect(await owner.query(select, [user.user.id])).toEqual([
      { expiresAt: before?.expiresAt, usedNow: true },
    ])
  })

  it.each(['', 'nothing', 'A'.repeat(43)])('rejects an unknown token: %j', async token => {
    expect((await refresh(token)).status).toBe(401)
  })
})
