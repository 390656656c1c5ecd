import { expect, test } from 'vitest'
import { queryOnce } from '../../shared/testing/database.ts'
import { createTestApp } from '../test-app.ts'
import { createTestSmtp } from '../test-smtp.ts'

const smtp = await createTestSmtp()
const lines: string[] = []
const { call, register, testDatabase } = await createTestApp({
  email: smtp.config,
  log: line => lines.push(line),
})

test('an email that Postgres did not let be sent is sent soon afterwards, without another request', async () => {
  const { email } = await register()
  await smtp.emailTo(email)
  await queryOnce(testDatabase.ownerUrl, 'revoke select, update on auth.outbox from iod_auth')
  const failures = () => lines.filter(line => line.includes('background work failed')).length
  expect((await call('POST', '/auth/password/reset', { body: { email } })).status).toBe(202)
  await expect.poll(failures).toBeGreaterThan(0)
  await queryOnce(testDatabase.ownerUrl, 'grant select, update on auth.outbox to iod_auth')
  await expect.poll(() => smtp.countTo(email)).toBe(2)
})
