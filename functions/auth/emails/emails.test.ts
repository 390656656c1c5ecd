import { describe, expect, it, vi } from 'vitest'
import { createTestApp, password, readJson } from '../test-app.ts'
import { createTestSmtp, tokenIn } from '../test-smtp.ts'

const smtp = await createTestSmtp()
const { call, register, owner, eventKinds } = await createTestApp({ email: smtp.config })

const account = async (token: string) => readJson(await call('GET', '/auth/account', { token }))
const confirm = (token: string) => call('POST', '/auth/email/verification/confirm', { body: { token } })
const askForReset = (email: string) => call('POST', '/auth/password/reset', { body: { email } })
const reset = (token: string, chosen = 'a new long walk') =>
  call('POST', '/auth/password/reset/confirm', { body: { token, password: chosen } })

const outbox = { name: 'count_outbox', text: 'select count(*)::int as emails from auth.outbox' }
const expire = {
  name: 'expire',
  text: `update auth.email_tokens set expires_at = now() where account_id = $1`,
}

describe('email verification', () => {
  it('is sent at registration, and its token is valid once', async () => {
    const user = await register()
    const mail = await smtp.emailTo(user.email)
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

  it('can be requested again: only the newest token is valid', async () => {
    const user = await register()
    const first = tokenIn(await smtp.emailTo(user.email))
    const asked = await call('POST', '/auth/email/verification', { token: user.accessToken })
    expect(asked.status).toBe(202)
    const second = tokenIn(await smtp.emailTo(user.email, 'verify-email', 2))
    expect((await confirm(first)).status).toBe(422)
    expect((await confirm(second)).status).toBe(204)
    await call('POST', '/auth/email/verification', { token: user.accessToken })
    expect(smtp.countTo(user.email)).toBe(2)
  })

  it('expires', async () => {
    const user = await register()
    const token = tokenIn(await smtp.emailTo(user.email))
    await owner.query(expire, [user.user.id])
    expect((await confirm(token)).status).toBe(422)
    expect(await account(user.accessToken)).toMatchObject({ emailVerified: false })
  })

  it('is bound to its address: a change invalidates the token and notifies the former address', async () => {
    const user = await register()
    const token = tokenIn(await smtp.emailTo(user.email))
    const email = `new-${user.email}`
    await call('PUT', '/auth/account/email', { token: user.accessToken, body: { email, password } })
    expect((await smtp.emailTo(user.email, 'now uses another email address')).to).toEqual([user.email])
    expect((await confirm(token)).status).toBe(422)
    expect(await account(user.accessToken)).toMatchObject({ email, emailVerified: false })
    expect((await confirm(tokenIn(await smtp.emailTo(email)))).status).toBe(204)
    expect(await account(user.accessToken)).toMatchObject({ email, emailVerified: true })
  })

  it('a token is valid for one purpose only', async () => {
    const user = await register()
    expect((await reset(tokenIn(await smtp.emailTo(user.email)))).status).toBe(422)
    await askForReset(user.email)
    const resetToken = tokenIn(await smtp.emailTo(user.email, 'reset-password'))
    expect((await confirm(resetToken)).status).toBe(422)
  })
})

describe('while the mail server is unavailable', () => {
  it('requests neither wait nor fail, the log reveals nothing, and the next start sends the email', async () => {
    const lines: string[] = []
    const unreachable = { ...smtp.config, url: 'smtp://127.0.0.1:1' }
    const broken = await createTestApp({ email: unreachable, log: line => void lines.push(line) })
    const startMs = performance.now()
    const user = await broken.register()
    expect(performance.now() - startMs).toBeLessThan(3_000)
    await vi.waitFor(() => expect(lines.join('')).toContain('email not sent'), 10_000)
    expect(lines.join('')).not.toContain(user.email)
    expect(await broken.owner.query(outbox)).toEqual([{ emails: 1 }])

    await broken.stop()
    const due = { name: 'make_due', text: 'update auth.outbox set next_attempt_at = now()' }
    await broken.owner.query(due)
    await createTestApp({ email: smtp.config, databaseUrl: broken.config.databaseUrl })
    expect(tokenIn(await smtp.emailTo(user.email))).toHaveLength(43)
    await vi.waitFor(async () => expect(await broken.owner.query(outbox)).toEqual([{ emails: 0 }]), 10_000)
  })
})

describe('without SMTP_URL', () => {
  it('the routes return 501 with the reason, and everything else works', async () => {
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
    expect(await without.owner.query(outbox)).toEqual([{ emails: 0 }])
  })
})

it('with SMTP_URL=console: emails are printed', async () => {
  const written: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    written.push(String(text))
    return true
  })
  const printing = await createTestApp({ email: { ...smtp.config, url: 'console:' } })
  const user = await printing.register()
  await vi.waitFor(() => expect(written.join('')).toContain(`To: ${user.email}`), 10_000)
  write.mockRestore()
  expect(written.join('')).toMatch(/#token=[\w-]{43}/)
})
