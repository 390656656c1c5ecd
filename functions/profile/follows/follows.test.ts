import { expect, test, vi } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { createFollowCalls } from './test-follow-calls.ts'

const testApp = await createTestApp()
const { app, owner, createAccount, as } = testApp
const { follow, unfollow, counts, walk } = createFollowCalls(testApp)

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
