import { describe, expect, it, vi } from 'vitest'
import { createTestApp, password } from '../test-app.ts'
import { createTestSmtp, tokenIn } from '../test-smtp.ts'

const smtp = await createTestSmtp()
const { call, register, signInAs, owner, eventKinds } = await createTestApp({ email: smtp.config })

const askForReset = (email: string) => call('POST', '/auth/password/reset', { body: { email } })
const reset = (token: string, chosen = 'a new long walk') =>
  call('POST', '/auth/password/reset/confirm', { body: { token, password: chosen } })

const outbox = { name: 'count_outbox', text: 'select count(*)::int as emails from auth.outbox' }
const expire = {
  name: 'expire',
  text: `update auth.email_tokens set expires_at = now() where account_id = $1`,
}

describe('password reset', () => {
  async function resetToken(email: string): Promise<string> {
    await askForReset(email)
    return tokenIn(await smtp.emailTo(email, 'reset-password'))
  }

  it('sets the new password, revokes all sessions, verifies the address and notifies it', async () => {
    const user = await register()
    const token = await resetToken(user.email.toUpperCase().toLowerCase())
    for (let n = 0; n < 11; n += 1) await signInAs(user.email, 'wrong')
    expect((await signInAs(user.email)).status).toBe(429)
    expect((await reset(token)).status).toBe(204)
    expect((await call('GET', '/auth/account', { token: user.accessToken })).status).toBe(401)
    expect((await signInAs(user.email)).status).toBe(401)
    expect(await (await signInAs(user.email, 'a new long walk')).json()).toMatchObject({
      user: { emailVerified: true },
    })
    expect((await smtp.emailTo(user.email, 'was changed, and')).to).toEqual([user.email])
    expect(await eventKinds(user)).toContain('password_reset')
  })

  it('only one of 5 concurrent resets with one token succeeds', async () => {
    const user = await register()
    const token = await resetToken(user.email)
    const responses = await Promise.all(
      Array.from({ length: 5 }, (_, n) => reset(token, `a new long walk ${n}`)),
    )
    expect(responses.map(response => response.status).sort()).toEqual([204, 422, 422, 422, 422])
  })

  it('a rejected password does not consume the token', async () => {
    const user = await register()
    const token = await resetToken(user.email)
    const refused = await reset(token, 'password123')
    expect(await refused.json()).toMatchObject({
      errors: [{ path: 'password', message: 'is one of the most used passwords' }],
    })
    expect((await reset(token)).status).toBe(204)
  })

  it.each(['expired', 'used', 'made up', 'from before a change of the password'])(
    'rejects a token that is %s',
    async how => {
      const user = await register()
      const token = how === 'made up' ? 'A'.repeat(43) : await resetToken(user.email)
      if (how === 'expired') await owner.query(expire, [user.user.id])
      if (how === 'used') await reset(token, 'the first new password')
      if (how.startsWith('from before')) {
        const body = { currentPassword: password, newPassword: 'changed in between' }
        await call('PUT', '/auth/account/password', { token: user.accessToken, body })
      }
      const refused = await reset(token)
      expect(refused.status).toBe(422)
      expect(await refused.json()).toMatchObject({
        errors: [{ path: 'token', message: 'is invalid, used or expired' }],
      })
      expect((await signInAs(user.email, 'a new long walk')).status).toBe(401)
    },
  )

  it('rejects a token for a former address, whose email was being composed while the address changed', async () => {
    const user = await register()
    const token = await resetToken(user.email)
    const body = { email: `new-${user.email}`, password }
    const copy = {
      name: 'copy_tokens',
      text: 'create table copied_tokens as select * from auth.email_tokens',
    }
    await owner.query(copy)
    expect((await call('PUT', '/auth/account/email', { token: user.accessToken, body })).status).toBe(200)
    const late = `insert into auth.email_tokens select * from copied_tokens where purpose = 'reset_password' on conflict do nothing`
    await owner.query({ name: 'store_late', text: late })
    expect((await reset(token)).status).toBe(422)
    expect((await signInAs(body.email)).status).toBe(200)
  })

  it('an address without an account gets the same response and no email', async () => {
    const user = await register()
    const [known, unknown] = [await askForReset(user.email), await askForReset(`no-${user.email}`)]
    for (const response of [known, unknown]) {
      expect(response.status).toBe(202)
      expect(await response.text()).toBe('')
    }
    await smtp.emailTo(user.email, 'reset-password')
    await vi.waitFor(async () => expect(await owner.query(outbox)).toEqual([{ emails: 0 }]), 10_000)
    expect(smtp.countTo(`no-${user.email}`)).toBe(0)
  })

  it('silently limits an address to five reset emails a day', async () => {
    const user = await register()
    await smtp.emailTo(user.email)
    for (let n = 0; n < 8; n += 1) expect((await askForReset(user.email)).status).toBe(202)
    await vi.waitFor(async () => expect(await owner.query(outbox)).toEqual([{ emails: 0 }]), 10_000)
    // Including the verification email; a new day may begin during the test.
    expect(smtp.countTo(user.email)).toBeLessThanOrEqual(7)
    // A stranger does not use up the budget of the signed-in owner.
    const before = smtp.countTo(user.email)
    await call('POST', '/auth/email/verification', { token: user.accessToken })
    await vi.waitFor(() => expect(smtp.countTo(user.email)).toBe(before + 1), 10_000)
  })

  it('the database contains no token', async () => {
    const user = await register()
    const token = await resetToken(user.email)
    const text = `select (select string_agg(t::text, ' ') from auth.email_tokens t) || coalesce((select string_agg(o::text, ' ')
      from auth.outbox o), '') as dump`
    const [row] = await owner.query<{ dump: string }>({ name: 'dump_tokens', text })
    for (const form of [
      token,
      Buffer.from(token).toString('hex'),
      Buffer.from(token, 'base64url').toString('hex'),
    ]) {
      expect(row?.dump).not.toContain(form)
    }
  })
})
