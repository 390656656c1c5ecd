import { expect, test } from 'vitest'
import { queryOnce } from '../../shared/testing/database.ts'
import { createTestApp, password } from '../test-app.ts'

const { call, register, testDatabase } = await createTestApp()

/** What limits allow within 180 days: 43,000 sign-ins a day; one statement for all of it takes over two seconds. */
test('an account with a million security events and all its sessions can be deleted', async () => {
  const { user, accessToken } = await register('busy')
  await queryOnce(
    testDatabase.ownerUrl,
    `insert into auth.events (account_id, kind, address, client)
      select '${user.id}', 'logged_in', '203.0.113.7', 'curl' from generate_series(1, 1000000);
    insert into auth.sessions (account_id, client, expires_at)
      select '${user.id}', 'curl', now() + interval '7 days' from generate_series(1, 99);
    insert into auth.refresh_tokens (token_hash, session_id)
      select sha256((id::text || n)::bytea), id from auth.sessions, generate_series(1, 999) n
      where account_id = '${user.id}'`,
  )
  const response = await call('POST', '/auth/account/deletion', {
    token: accessToken,
    body: { password, posts: 'delete' },
  })
  expect(response.status).toBe(204)
  const left = `select count(*)::int as events from auth.events where account_id = '${user.id}'`
  expect(await queryOnce(testDatabase.ownerUrl, left)).toEqual([{ events: 0 }])
}, 120_000)
