import { expect, test } from 'vitest'
import { createTestApp, type TestAccount } from '../test-app.ts'
import { createFollowCalls } from './test-follow-calls.ts'

const testApp = await createTestApp()
const { app, createAccount, as } = testApp
const { follow, page, walk } = createFollowCalls(testApp)

test('followers and following list everyone once, newest first, in pages of any size', async () => {
  const star = await createAccount('star')
  const fans: TestAccount[] = []
  for (let n = 0; n < 7; n += 1) {
    const fan = await createAccount(`fan${n}`)
    await follow(fan, star)
    fans.push(fan)
  }
  const newestFirst = fans.map(fan => fan.username).reverse()
  for (const limit of [1, 3, 7, 100]) {
    expect(await walk(`/profile/${star.username}/followers`, limit)).toEqual(newestFirst)
  }
  const [fan] = fans
  if (fan === undefined) throw new Error('a fan')
  expect(await walk(`/profile/${fan.username}/following`, 20)).toEqual([star.username])
})

test('pages read during new follows neither repeat nor miss an item', async () => {
  const star = await createAccount('star')
  const fans = await Promise.all(Array.from({ length: 4 }, () => createAccount('fan')))
  for (const fan of fans) await follow(fan, star)
  const path = `/profile/${star.username}/followers?limit=2`
  const first = await page(path)
  await follow(await createAccount('late'), star)
  const second = await page(`${path}&cursor=${first.nextCursor}`)
  const seen = [...first.items, ...second.items].map(item => item.username)
  expect(seen).toEqual(fans.map(fan => fan.username).reverse())
  expect(second.nextCursor).toBeNull()
})

test('an item shows the profile and the time of the follow', async () => {
  const [ada, bob] = [await createAccount('ada'), await createAccount('bob')]
  const before = Date.now()
  await follow(ada, bob)
  const { items } = await page(`/profile/${bob.username}/followers`)
  expect(items).toEqual([
    { username: ada.username, displayName: null, avatarUrl: null, followedAt: expect.any(String) },
  ])
  const followedMs = Date.parse(items[0]?.followedAt ?? '')
  expect(Math.abs(followedMs - before)).toBeLessThan(5_000)
})

test('lists are cacheable, have an ETag and support 304', async () => {
  const ada = await createAccount('ada')
  const path = `/profile/${ada.username}/followers`
  const response = await app.request(path)
  expect(response.headers.get('cache-control')).toBe('public, max-age=30')
  const again = await app.request(path, { headers: { 'if-none-match': response.headers.get('etag') ?? '' } })
  expect(again.status).toBe(304)
})

test.each([
  ['limit=0', 'limit'],
  ['limit=101', 'limit'],
  ['limit=abc', 'limit'],
  ['limit=-1', 'limit'],
  ['limit=', 'limit'],
  ['cursor=abc', 'cursor'],
  ['cursor=', 'cursor'],
  ['offset=10', 'offset'],
])('?%s is refused with 400 and the name of the parameter', async (query, path) => {
  const ada = await createAccount('ada')
  const response = await app.request(`/profile/${ada.username}/followers?${query}`)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ code: 'invalid_parameter', errors: [{ path }] })
})

test('a cursor of one list is refused by another', async () => {
  const [star, other] = [await createAccount('star'), await createAccount('other')]
  for (const name of ['one', 'two']) await follow(await createAccount(name), star)
  const { nextCursor } = await page(`/profile/${star.username}/followers?limit=1`)
  expect(nextCursor).not.toBeNull()
  for (const path of [`${star.username}/following`, `${other.username}/followers`]) {
    expect((await app.request(`/profile/${path}?cursor=${nextCursor}`)).status).toBe(400)
  }
})

test('one request tells which people of a page the reader follows', async () => {
  const [reader, ada, bob, eve] = [
    await createAccount('reader'),
    await createAccount('ada'),
    await createAccount('bob'),
    await createAccount('eve'),
  ]
  for (const followee of [ada, bob]) await follow(reader, followee)
  const asked = [eve.username, bob.username.toUpperCase(), 'nobody-has-it', '?', ada.username]
  const response = await as(reader, 'GET', `/profile/following?usernames=${encodeURIComponent(asked.join())}`)
  expect(response.headers.get('cache-control')).toBe('private, no-store')
  expect(await response.json()).toEqual({ usernames: [bob.username.toUpperCase(), ada.username] })
  const other = await as(ada, 'GET', `/profile/following?usernames=${bob.username}`)
  expect(await other.json()).toEqual({ usernames: [] })
  expect((await app.request(`/profile/following?usernames=${bob.username}`)).status).toBe(401)
})

test.each([
  ['ada,,bob', 'must be names separated by commas'],
  ['ada,ADA', 'must not repeat a name'],
  [Array.from({ length: 101 }, (_, n) => `p${n}`).join(), 'must have at most 100 names'],
])('that request is refused for %.20s', async (usernames, message) => {
  const response = await as(await createAccount(), 'GET', `/profile/following?usernames=${usernames}`)
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { errors: [{ path: 'usernames', message }] },
  ])
})
