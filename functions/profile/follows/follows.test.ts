import * as v from 'valibot'
import { expect, test, vi } from 'vitest'
import { PublicProfile } from '../profiles/schemas.ts'
import { createTestApp, type TestAccount } from '../test-app.ts'
import { FollowPage } from './schemas.ts'

const { app, owner, createAccount, as } = await createTestApp()

const follow = (follower: TestAccount, followee: TestAccount) =>
  as(follower, 'PUT', `/profile/${followee.username}/follow`)
const unfollow = (follower: TestAccount, followee: TestAccount) =>
  as(follower, 'DELETE', `/profile/${followee.username}/follow`)

async function counts(account: TestAccount): Promise<readonly [number, number]> {
  const response = await app.request(`/profile/${account.username}`)
  const { followersCount, followingCount } = v.parse(PublicProfile, await response.json())
  return [followersCount, followingCount]
}

const page = async (path: string) => v.parse(FollowPage, await (await app.request(path)).json())

async function walk(path: string, limit: number): Promise<readonly string[]> {
  const names: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { items, nextCursor } = await page(`${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`)
    names.push(...items.map(item => item.username))
    cursor = nextCursor
  }
  return names
}

test('follow and unfollow are idempotent and count once', async () => {
  const [ada, bob] = [await createAccount('ada'), await createAccount('bob')]
  for (let time = 0; time < 3; time += 1) {
    const response = await follow(ada, bob)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ following: true })
  }
  expect(await counts(bob)).toEqual([1, 0])
  expect(await counts(ada)).toEqual([0, 1])
  expect(await (await as(ada, 'GET', `/profile/${bob.username}/follow`)).json()).toEqual({ following: true })
  expect(await (await as(bob, 'GET', `/profile/${ada.username}/follow`)).json()).toEqual({ following: false })

  for (let time = 0; time < 3; time += 1) {
    const response = await unfollow(ada, bob)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ following: false })
  }
  expect(await counts(bob)).toEqual([0, 0])
  expect(await counts(ada)).toEqual([0, 0])
})

test('nobody can follow themselves or an unknown profile', async () => {
  const ada = await createAccount('ada')
  expect((await follow(ada, ada)).status).toBe(409)
  for (const method of ['PUT', 'DELETE', 'GET']) {
    expect((await as(ada, method, '/profile/nobody-at-all/follow')).status).toBe(404)
  }
  expect((await app.request('/profile/nobody-at-all/followers')).status).toBe(404)
})

test('the counters are right after a storm of follows and unfollows in both directions', async () => {
  const accounts = await Promise.all(Array.from({ length: 6 }, () => createAccount('storm')))
  const pairs = accounts.flatMap(follower =>
    accounts.filter(other => other !== follower).map(followee => ({ follower, followee })),
  )
  const storm = Array.from({ length: 4 }, (_, round) =>
    pairs.map(({ follower, followee }, n) =>
      (n + round) % 3 === 0 ? unfollow(follower, followee) : follow(follower, followee),
    ),
  ).flat()
  const statuses = new Set((await Promise.all(storm)).map(response => response.status))
  expect([...statuses]).toEqual([200])
  expect(await owner.query(driftedCounters)).toEqual([])
})

test('two accounts that follow each other at the same moment do not deadlock', async () => {
  const [ada, bob] = [await createAccount('ada'), await createAccount('bob')]
  for (let round = 0; round < 60; round += 1) {
    const turn = round % 2 === 0 ? follow : unfollow
    const responses = await Promise.all([turn(ada, bob), turn(bob, ada)])
    expect(responses.map(response => response.status)).toEqual([200, 200])
  }
  expect(await counts(ada)).toEqual([0, 0])
})

test('a deleted account leaves the lists and the counts of others', async () => {
  const [ada, bob, eve] = await Promise.all(['ada', 'bob', 'eve'].map(createAccount))
  if (!ada || !bob || !eve) throw new Error('three accounts')
  await Promise.all([follow(ada, bob), follow(eve, bob), follow(bob, eve)])
  await owner.query(deleteAccount, [eve.actor.accountId])
  expect(await counts(bob)).toEqual([1, 0])
  expect(await walk(`/profile/${bob.username}/followers`, 10)).toEqual([ada.username])
  expect(await owner.query(driftedCounters)).toEqual([])
  expect((await follow(eve, bob)).status).toBe(401)
})

test('an account that is deleted during a follow is not found, without a 500', async () => {
  const [ada, bob] = [await createAccount('ada'), await createAccount('bob')]
  const waiting = await owner.transaction(async transaction => {
    await transaction.query(deleteAccount, [bob.actor.accountId])
    const following = follow(ada, bob)
    await vi.waitFor(async () => expect(await owner.query(waitingInserts)).toHaveLength(1), 10_000)
    return { following }
  })
  expect((await waiting.following).status).toBe(404)
})

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

const deleteAccount = { name: 'delete_account', text: 'delete from auth.accounts where id = $1::uuid' }
const waitingInserts = {
  name: 'waiting_inserts',
  text: `select pid from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%insert into profile.follows%'`,
}
const driftedCounters = {
  name: 'drifted_counters',
  text: `select account_id, followers, following from profile.follow_counts counts
    where followers <> (select count(*) from profile.follows where followee_id = counts.account_id)
      or following <> (select count(*) from profile.follows where follower_id = counts.account_id)`,
}

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

test('an account at the maximum follows nobody else, and keeps its follows', async () => {
  const [reader, ada, bob] = [
    await createAccount('reader'),
    await createAccount('ada'),
    await createAccount('bob'),
  ]
  expect((await follow(reader, ada)).status).toBe(200)
  await owner.query(setFollowing, [reader.actor.accountId, 10_000])
  const refused = await follow(reader, bob)
  expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('10000')])
  expect((await follow(reader, ada)).status).toBe(200)
  await unfollow(reader, ada)
  expect((await follow(reader, bob)).status).toBe(200)
})

const setFollowing = {
  name: 'set_test_following',
  text: 'update profile.follow_counts set following = $2::int where account_id = $1::uuid',
}
