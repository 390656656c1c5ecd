import { describe, expect, it, vi } from 'vitest'
import { createTestApp, password, readJson } from './test-app.ts'
import { createTestSmtp, tokenIn } from './test-smtp.ts'

const smtp = await createTestSmtp()
const auth = await createTestApp({ mail: smtp.mail })
const { call, register, logInAs, owner, eventKinds } = auth

const account = async (token: string) => readJson(await call('GET', '/auth/account', { token }))
const confirm = (token: string) => call('POST', '/auth/email/verification/confirm', { body: { token } })
const askForReset = (email: string) => call('POST', '/auth/password/reset', { body: { email } })
const reset = (token: string, chosen = 'a new long walk') =>
  call('POST', '/auth/password/reset/confirm', { body: { token, password: chosen } })

const outbox = { name: 'count_outbox', text: 'select count(*)::int as mails from auth.outbox' }
const expire = {
  name: 'expire',
  text: `update auth.email_tokens set expires_at = now() where account_id = $1`,
}

describe('verification of an address', () => {
  it('comes with the registration, and its token is good once', async () => {
    const user = await register()
    const mail = await smtp.mailTo(user.email)
    expect(mail.raw).toContain('From: no-reply@api.test')
    const token = tokenIn(mail)
    expect(mail.text).toContain(`https://app.test/verify-email#token=${token}`)
    expect((await confirm(token)).status).toBe(204)
    expect(await account(user.accessToken)).toMatchObject({ emailVerified: true })
    expect(await eventKinds(user)).toContain('email_verified')
    const again = await confirm(token)
    expect(again.status).toBe(422)
    expect(await again.json()).toMatchObject({ errors: [{ path: 'token' }] })
  })

  it('can be asked for again: only the newest token is good', async () => {
    const user = await register()
    const first = tokenIn(await smtp.mailTo(user.email))
    const asked = await call('POST', '/auth/email/verification', { token: user.accessToken })
    expect(asked.status).toBe(202)
    const second = tokenIn(await smtp.mailTo(user.email, 2))
    expect((await confirm(first)).status).toBe(422)
    expect((await confirm(second)).status).toBe(204)
    await call('POST', '/auth/email/verification', { token: user.accessToken })
    expect(smtp.countTo(user.email)).toBe(2)
  })

  it('expires', async () => {
    const user = await register()
    const token = tokenIn(await smtp.mailTo(user.email))
    await owner.query(expire, [user.user.id])
    expect((await confirm(token)).status).toBe(422)
    expect(await account(user.accessToken)).toMatchObject({ emailVerified: false })
  })

  it('is of the address it was sent to: a change of address makes it worthless, and the former address is told', async () => {
    const user = await register()
    const token = tokenIn(await smtp.mailTo(user.email))
    const email = `new-${user.email}`
    await call('PUT', '/auth/account/email', { token: user.accessToken, body: { email, password } })
    expect((await smtp.mailTo(user.email, 2)).text).toContain('has another one now')
    expect((await confirm(token)).status).toBe(422)
    expect((await confirm(tokenIn(await smtp.mailTo(email)))).status).toBe(204)
    expect(await account(user.accessToken)).toMatchObject({ email, emailVerified: true })
  })

  it('a token of one purpose is none of another', async () => {
    const user = await register()
    expect((await reset(tokenIn(await smtp.mailTo(user.email)))).status).toBe(422)
    await askForReset(user.email)
    expect((await confirm(tokenIn(await smtp.mailTo(user.email, 2)))).status).toBe(422)
  })
})

describe('reset of a password', () => {
  async function resetToken(email: string): Promise<string> {
    await askForReset(email)
    return tokenIn(await smtp.mailTo(email, 2))
  }

  it('sets the new one, ends all sessions, verifies the address, and tells it', async () => {
    const user = await register()
    const token = await resetToken(user.email.toUpperCase().toLowerCase())
    for (let n = 0; n < 11; n += 1) await logInAs(user.email, 'wrong')
    expect((await logInAs(user.email)).status).toBe(429)
    expect((await reset(token)).status).toBe(204)
    expect((await call('GET', '/auth/account', { token: user.accessToken })).status).toBe(401)
    expect((await logInAs(user.email)).status).toBe(401)
    expect(await (await logInAs(user.email, 'a new long walk')).json()).toMatchObject({
      user: { emailVerified: true },
    })
    expect((await smtp.mailTo(user.email, 3)).text).toContain('was changed')
    expect(await eventKinds(user)).toContain('password_reset')
  })

  it('of 5 at once with one token only one is made', async () => {
    const user = await register()
    const token = await resetToken(user.email)
    const responses = await Promise.all(
      Array.from({ length: 5 }, (_, n) => reset(token, `a new long walk ${n}`)),
    )
    expect(responses.map(response => response.status).sort()).toEqual([204, 422, 422, 422, 422])
  })

  it('a password that is refused does not spend the token', async () => {
    const user = await register()
    const token = await resetToken(user.email)
    const refused = await reset(token, 'password123')
    expect(await refused.json()).toMatchObject({
      errors: [{ path: 'password', message: 'is one of the most used passwords' }],
    })
    expect((await reset(token)).status).toBe(204)
  })

  it.each(['expired', 'used', 'made up', 'from before a change of the password'])(
    'a token is refused that is %s',
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
        errors: [{ path: 'token', message: 'is not valid, or was used, or has expired' }],
      })
      expect((await logInAs(user.email, 'a new long walk')).status).toBe(401)
    },
  )

  it('an address without an account gets the same answer and no mail', async () => {
    const user = await register()
    const [known, unknown] = [await askForReset(user.email), await askForReset(`no-${user.email}`)]
    for (const response of [known, unknown]) {
      expect(response.status).toBe(202)
      expect(await response.text()).toBe('')
    }
    await smtp.mailTo(user.email, 2)
    await vi.waitFor(async () => expect(await owner.query(outbox)).toEqual([{ mails: 0 }]))
    expect(smtp.countTo(`no-${user.email}`)).toBe(0)
  })

  it('nobody has more than five mails an hour sent to an address, and nobody is told', async () => {
    const user = await register()
    await smtp.mailTo(user.email)
    for (let n = 0; n < 8; n += 1) expect((await askForReset(user.email)).status).toBe(202)
    await vi.waitFor(async () => expect(await owner.query(outbox)).toEqual([{ mails: 0 }]))
    // An hour of wall-clock time may end in between.
    expect(smtp.countTo(user.email)).toBeLessThan(8)
  })

  it('no token is in the database', async () => {
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

describe('when the mail server is away', () => {
  it('the request does not wait or fail, nothing of the mail is logged, and the next start sends it', async () => {
    const lines: string[] = []
    const unreachable = { ...smtp.mail, url: 'smtp://127.0.0.1:1' }
    const broken = await createTestApp({ mail: unreachable, log: line => void lines.push(line) })
    const startMs = performance.now()
    const user = await broken.register()
    expect(performance.now() - startMs).toBeLessThan(3_000)
    await vi.waitFor(() => expect(lines.join('')).toContain('mail not sent'))
    expect(lines.join('')).not.toContain(user.email)
    expect(await broken.owner.query(outbox)).toEqual([{ mails: 1 }])

    await broken.stop()
    const due = { name: 'make_due', text: 'update auth.outbox set next_attempt_at = now()' }
    await broken.owner.query(due)
    await createTestApp({ mail: smtp.mail, databaseUrl: broken.config.databaseUrl })
    expect(tokenIn(await smtp.mailTo(user.email))).toHaveLength(43)
    await vi.waitFor(async () => expect(await broken.owner.query(outbox)).toEqual([{ mails: 0 }]))
  })
})

describe('without SMTP_URL', () => {
  it('the routes answer 501 with the reason, and everything else works', async () => {
    const without = await createTestApp()
    const user = await without.register()
    const requests = [
      without.call('POST', '/auth/email/verification', { token: user.accessToken }),
      without.call('POST', '/auth/email/verification/confirm', { body: { token: 'x' } }),
      without.call('POST', '/auth/password/reset', { body: { email: user.email } }),
      without.call('POST', '/auth/password/reset/confirm', { body: { token: 'x', password } }),
    ]
    for (const response of await Promise.all(requests)) {
      expect(response.status).toBe(501)
      expect(await response.json()).toMatchObject({
        code: 'not_configured',
        detail: expect.stringContaining('SMTP_URL'),
      })
    }
    expect(await without.owner.query(outbox)).toEqual([{ mails: 0 }])
  })
})

it('with SMTP_URL=console: the mails are printed', async () => {
  const written: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    written.push(String(text))
    return true
  })
  const printing = await createTestApp({ mail: { ...smtp.mail, url: 'console:' } })
  const user = await printing.register()
  await vi.waitFor(() => expect(written.join('')).toContain(`To: ${user.email}`))
  write.mockRestore()
  expect(written.join('')).toMatch(/#token=[\w-]{43}/)
})
