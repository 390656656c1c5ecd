import { randomUUID } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { createTestApp, password } from '../test-app.ts'
import { createTestSmtp, tokenIn } from '../test-smtp.ts'

const smtp = await createTestSmtp()
const { call, register, owner } = await createTestApp({ email: smtp.config })

const confirm = (token: string) => call('POST', '/auth/email/verification/confirm', { body: { token } })
const changeEmail = (token: string, email: string) =>
  call('PUT', '/auth/account/email', { token, body: { email, password } })
const account = async (token: string) =>
  JSON.parse(await (await call('GET', '/auth/account', { token })).text())
const sent = { name: 'count_outbox', text: 'select count(*)::int as emails from auth.outbox' }
const settled = () => vi.waitFor(async () => expect(await owner.query(sent)).toEqual([{ emails: 0 }]), 10_000)

test('a link stays valid when only the case of the address changes', async () => {
  const user = await register('Ada')
  const token = tokenIn(await smtp.emailTo(user.email))
  expect((await changeEmail(user.accessToken, user.email.toUpperCase())).status).toBe(200)
  expect((await confirm(token)).status).toBe(204)
  expect(await account(user.accessToken)).toMatchObject({ emailVerified: true })
})

test('a verification link survives a change of the password', async () => {
  const user = await register()
  const token = tokenIn(await smtp.emailTo(user.email))
  const body = { currentPassword: password, newPassword: 'another long walk' }
  expect((await call('PUT', '/auth/account/password', { token: user.accessToken, body })).status).toBe(204)
  expect((await confirm(token)).status).toBe(204)
})

test('an obsolete retry is dropped and does not invalidate the newer link', async () => {
  const user = await register()
  await smtp.emailTo(user.email)
  await settled()
  const text = `insert into auth.outbox (id, kind, email, account_id, next_attempt_at)
    values ($1::uuid, 'verify_email', $2::text, $3::uuid, now())`
  const older = '00000000-0000-7000-8000-000000000000'
  const email = `new-${user.email}`
  await changeEmail(user.accessToken, email)
  const token = tokenIn(await smtp.emailTo(email))
  await settled()
  // One for the former address and an older one for the current: as if a server had deferred them.
  await owner.query({ name: '', text }, [randomUUID(), user.email, user.user.id])
  await owner.query({ name: '', text }, [older, email, user.user.id])
  const before = smtp.countTo(user.email)
  await call('POST', '/auth/password/reset', { body: { email: 'nobody@example.test' } })
  await settled()
  expect(smtp.countTo(user.email)).toBe(before)
  expect((await confirm(token)).status).toBe(204)
})

test('a stranger’s address gets a handful of emails a day, however often an account switches to it', async () => {
  const user = await register()
  const stranger = `${randomUUID()}@example.test`
  for (let n = 0; n < 12; n += 1) {
    expect((await changeEmail(user.accessToken, n % 2 === 0 ? stranger : user.email)).status).toBe(200)
  }
  await settled()
  // Five, and five more if a new day begins during the test.
  expect(smtp.countTo(stranger)).toBeLessThanOrEqual(10)
  expect(smtp.countTo(stranger)).toBeGreaterThan(0)
})

test('an unverified address gets a handful of emails a day, however often the password of its account changes', async () => {
  const user = await register()
  for (let n = 0; n < 12; n += 1) {
    const body = {
      currentPassword: n === 0 ? password : `walk number ${n}`,
      newPassword: `walk number ${n + 1}`,
    }
    expect((await call('PUT', '/auth/account/password', { token: user.accessToken, body })).status).toBe(204)
  }
  await settled()
  // Five, and five more if a new day begins during the test.
  expect(smtp.countTo(user.email)).toBeLessThanOrEqual(10)
})

test('resets for another address of a mailbox use up none of those for a verified one', async () => {
  const username = `shopper-${randomUUID().slice(0, 8)}`
  const email = `${username}+shop@example.test`
  expect((await call('POST', '/auth/register', { body: { email, username, password } })).status).toBe(201)
  expect((await confirm(tokenIn(await smtp.emailTo(email)))).status).toBe(204)
  const askForReset = (address: string) => call('POST', '/auth/password/reset', { body: { email: address } })
  for (let n = 0; n < 6; n += 1) await askForReset(`${username}+any@example.test`)
  await askForReset(email)
  await smtp.emailTo(email, 'reset-password')
})

test('every email is marked as auto-generated', async () => {
  const user = await register()
  expect((await smtp.emailTo(user.email)).raw).toMatch(/^Auto-Submitted: auto-generated\r$/im)
})
