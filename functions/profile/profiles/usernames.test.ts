import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createTestApp, readJson, type TestAccount } from '../test-app.ts'

const { app, database, owner, createAccount, patch, as } = await createTestApp()

const newName = (stem = 'name') => `${stem}-${randomUUID().slice(0, 8)}`
const rename = (account: TestAccount, username: string) => patch(account, { username })
/** The part of auth's registration that concerns usernames. */
const register = (username: string) =>
  owner.query(insertAccount, [`${randomUUID()}@example.test`, username]).then(
    () => 'registered',
    error => String(error),
  )
const endHolds = (account: TestAccount) => owner.query(endHold, [account.actor.accountId])

test('a new username is visible at once, with the other changes of the patch, and changes the ETag', async () => {
  const account = await createAccount('before')
  const etag = (await as(account, 'GET', '/profile')).headers.get('etag') ?? ''
  const username = newName('After')
  const response = await patch(account, { username, bio: 'renamed' }, { 'if-match': etag })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ username, bio: 'renamed' })
  expect(response.headers.get('etag')).not.toBe(etag)
  expect((await app.request(`/profile/${username}`)).status).toBe(200)
})

test('the function has no way to change a username without an event', async () => {
  const { actor } = await createAccount('silent')
  const text = `select auth.change_username($1::uuid, 'renamed', interval '1 day', 3)`
  await expect(database.query({ name: 'change_username', text }, [actor.accountId])).rejects.toThrow(
    'permission denied',
  )
})

test('a change is a security event of the account, with address and client', async () => {
  const account = await createAccount('noted')
  const headers = { 'x-forwarded-for': '203.0.113.9', 'user-agent': 'phone/2' }
  await patch(account, { bio: 'no event' }, headers)
  await patch(account, { username: newName() }, headers)
  expect(await owner.query(selectEvents, [account.actor.accountId])).toEqual([
    { kind: 'username_changed', address: '203.0.113.9', client: 'phone/2' },
  ])
})

test('every path under the former name redirects to the new one with method and query', async () => {
  const account = await createAccount('old')
  const reader = await createAccount('reader')
  const username = newName('new')
  await rename(account, username)

  const get = await app.request(`/profile/${account.username.toUpperCase()}`)
  expect(get.status).toBe(308)
  expect(get.headers.get('location')).toBe(`/profile/${username}`)
  expect(get.headers.get('cache-control')).toBe('public, max-age=30')

  const put = await as(reader, 'PUT', `/profile/${account.username}/follow`)
  expect(put.status).toBe(308)
  expect(put.headers.get('location')).toBe(`/profile/${username}/follow`)
  expect(put.headers.get('cache-control')).toBe('no-store')

  const list = await app.request(`/profile/${account.username}/followers?limit=5`)
  expect(list.headers.get('location')).toBe(`/profile/${username}/followers?limit=5`)
})

test('a former name is refused to registration and to other accounts until its hold ends', async () => {
  const account = await createAccount('held')
  const other = await createAccount('other')
  await rename(account, newName())

  expect(await register(account.username)).toContain('accounts_username_key_unique')
  const refused = await rename(other, account.username)
  expect(refused.status).toBe(409)
  expect(await refused.json()).toMatchObject({ errors: [{ path: 'username', message: 'is taken' }] })

  await endHolds(account)
  expect((await app.request(`/profile/${account.username}`)).status).toBe(404)
  expect((await rename(other, account.username)).status).toBe(200)
  expect(await register(account.username)).toContain('accounts_username_key_unique')
})

test('the former owner can take a held name back', async () => {
  const account = await createAccount('back')
  const between = newName('between')
  await rename(account, between)
  expect((await rename(account, account.username)).status).toBe(200)
  expect((await app.request(`/profile/${account.username}`)).status).toBe(200)
  const former = await app.request(`/profile/${between}`)
  expect(former.headers.get('location')).toBe(`/profile/${account.username}`)
})

test('the name of a deleted account stays held and redirects nowhere', async () => {
  const account = await createAccount('deleted')
  await rename(account, newName())
  await owner.query(deleteAccount, [account.actor.accountId])
  expect((await app.request(`/profile/${account.username}`)).status).toBe(404)
  expect(await register(account.username)).toContain('accounts_username_key_unique')
})

test('a change of case alone holds nothing and redirects nowhere', async () => {
  const account = await createAccount('case')
  const shouted = account.username.toUpperCase()
  expect((await rename(account, shouted)).status).toBe(200)
  const response = await app.request(`/profile/${account.username}`)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ username: shouted })
})

test('an account holds at most 3 names: the next change gets 429 with Retry-After', async () => {
  const account = await createAccount('often')
  for (let change = 0; change < 3; change += 1) {
    expect((await rename(account, newName())).status).toBe(200)
  }
  const refused = await rename(account, newName())
  expect(refused.status).toBe(429)
  const ninetyDays = 90 * 24 * 3_600
  const retryAfter = Number(refused.headers.get('retry-after'))
  expect(retryAfter).toBeGreaterThan(ninetyDays - 60)
  expect(retryAfter).toBeLessThanOrEqual(ninetyDays)
  await endHolds(account)
  expect((await rename(account, newName())).status).toBe(200)
})

test('a name cannot be registered while its owner changes it', async () => {
  for (let round = 0; round < 20; round += 1) {
    const account = await createAccount('race')
    const [renamed, registered] = await Promise.all([rename(account, newName()), register(account.username)])
    expect(renamed.status).toBe(200)
    expect(registered).toContain('accounts_username_key_unique')
  }
})

test('of 10 accounts that request one free name at once, one gets it and nine get 409', async () => {
  const accounts = await Promise.all(Array.from({ length: 10 }, () => createAccount('rival')))
  const wanted = newName('wanted')
  const responses = await Promise.all(accounts.map(account => rename(account, wanted)))
  const statuses = responses.map(response => response.status).sort()
  expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 409)])
})

test('a refused name undoes the rest of the patch', async () => {
  const account = await createAccount('whole')
  const other = await createAccount('taken')
  const refused = await patch(account, { username: other.username, bio: 'half' })
  expect(refused.status).toBe(409)
  expect(await readJson(await as(account, 'GET', '/profile'))).toMatchObject({ bio: null })
})

test('the database role of profile changes usernames only through the function, and no other column', async () => {
  const attempts = [
    `update auth.accounts set username = 'x'`,
    `insert into auth.former_usernames values ('x', null, now())`,
    `select email from auth.accounts`,
  ]
  for (const text of attempts) {
    await expect(database.query({ name: '', text })).rejects.toThrow(/permission denied/)
  }
})

const insertAccount = {
  name: 'register',
  text: `insert into auth.accounts (email, email_key, username, username_key, password_hash)
    values ($1::text, lower($1::text), $2::text, lower($2::text), '')`,
}
const selectEvents = {
  name: 'select_events',
  text: 'select kind, address, client from auth.events where account_id = $1::uuid',
}
const deleteAccount = { name: 'delete_account', text: 'delete from auth.accounts where id = $1::uuid' }
const endHold = {
  name: 'end_hold',
  text: `update auth.former_usernames set held_until = now() - interval '1 second' where account_id = $1::uuid`,
}
