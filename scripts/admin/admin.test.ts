import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { createTestDatabase, queryOnce } from '../../functions/shared/testing/database.ts'

const { ownerUrl } = await createTestDatabase()
const makeAdmin = (email: string, options = {}) =>
  promisify(execFile)(process.execPath, [join(import.meta.dirname, 'admin.ts')], {
    env: { ...process.env, ON: 'url', DATABASE_URL: ownerUrl, EMAIL: email, ...options },
  })

it('makes the account of an address an admin, in any spelling, and records it', async () => {
  await queryOnce(
    ownerUrl,
    `insert into auth.accounts (email, email_key, username, username_key, password_hash)
     values ('Ada@example.test', 'ada@example.test', 'Ada', 'ada', ''), ('b@b', 'b@b', 'bob', 'bob', '')`,
  )
  expect((await makeAdmin('ADA@example.test')).stdout).toContain(
    'Ada (with an unverified address) is an admin',
  )
  await queryOnce(ownerUrl, `update auth.accounts set email_verified_at = now() where username = 'Ada'`)
  expect((await makeAdmin('ada@example.test')).stdout).toContain('Ada is an admin')
  expect(await queryOnce(ownerUrl, 'select username, role from auth.accounts order by username')).toEqual([
    { username: 'Ada', role: 'admin' },
    { username: 'bob', role: 'user' },
  ])
  expect(await queryOnce(ownerUrl, 'select distinct kind, address from auth.events')).toEqual([
    { kind: 'role_changed', address: 'operator' },
  ])
})

it.each([
  ['nobody@example.test', 'no account has this email'],
  ['', 'EMAIL is missing'],
])('%j: %s', async (email, message) => {
  await expect(makeAdmin(email)).rejects.toMatchObject({ stderr: expect.stringContaining(message), code: 1 })
})

it('leaves the database of a DATABASE_URL that another project has left in the shell', async () => {
  const run = makeAdmin('ada@example.test', { ON: '', DATA_FOLDER: '/nowhere' })
  await expect(run).rejects.toMatchObject({ stderr: expect.stringContaining('`make dev` has no data yet') })
})
