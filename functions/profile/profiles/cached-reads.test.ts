import { expect, test, vi } from 'vitest'
import { DomainError } from '../../shared/domain-error.ts'
import type { Database } from '../../shared/postgres/database.ts'
import { createCache } from '../../shared/redis/cache.ts'
import type { RedisClient } from '../../shared/redis/client.ts'
import { createTestApp, type TestAccount } from '../test-app.ts'
import { changeOwnProfile } from './change-own-profile.ts'
import { getPublicProfile } from './get-public-profile.ts'
import { createProfileCache } from './profile-cache.ts'

const { app, clock, database, owner, redis, redisOwner, createAccount, patch, as } = await createTestApp()

const caller = { address: '203.0.113.7', client: 'test' }
const noPostgres: Database = {
  ...database,
  query: () => Promise.reject(new DomainError('unavailable', { detail: 'away' })),
}
const noRedis: RedisClient = { ...redis, attempt: async () => undefined }
/** The dependencies of another process. */
const dependenciesOn = (db: Database, client: RedisClient) => ({
  db,
  profileCache: createProfileCache(createCache({ redis: client, now: clock.now })),
  usernameHoldDays: 90,
})

const setBioTo = (account: TestAccount, bio: string) => ({
  actor: account.actor,
  patch: { bio },
  caller,
  assertCurrent: () => undefined,
})

const shown = async ({ username }: TestAccount) => (await app.request(`/profile/${username}`)).json()
/** Reads until Redis has the profile, which is stored after the response. */
async function cached(account: TestAccount): Promise<void> {
  const key = `iod:cache:profile:${account.username.toLowerCase()}`
  await vi.waitFor(
    async () => {
      await shown(account)
      expect(await redisOwner.attempt(commands => commands.exists(key))).toBe(1)
    },
    { timeout: 5_000 },
  )
}

test('a cached profile costs no statement until it changes', async () => {
  const account = await createAccount('cached')
  let statements = 0
  const counting: Database = {
    ...database,
    query: (statement, parameters) => {
      statements += 1
      return database.query(statement, parameters)
    },
  }
  const dependencies = dependenciesOn(counting, redis)
  await cached(account)
  for (let read = 0; read < 50; read += 1) await getPublicProfile(dependencies, account)
  expect(statements).toBe(0)
  await patch(account, { bio: 'changed' })
  expect(await getPublicProfile(dependencies, account)).toMatchObject({ value: { bio: 'changed' } })
})

test('a change by another program shows within a second', async () => {
  const account = await createAccount('elsewhere')
  await patch(account, { bio: 'first' })
  await cached(account)
  await owner.query(setBio, [account.actor.accountId])
  expect(await shown(account)).toMatchObject({ bio: 'first' })
  clock.advance(1_000)
  expect(await shown(account)).toMatchObject({ bio: 'behind the back' })
})

test.each(['PUT', 'DELETE'])('%s of a follow shows at once in the counts of both', async method => {
  const [ada, bob] = [await createAccount('ada'), await createAccount('bob')]
  const path = `/profile/${bob.username}/follow`
  if (method === 'DELETE') await as(ada, 'PUT', path)
  await Promise.all([cached(ada), cached(bob)])
  await as(ada, method, path)
  const count = method === 'PUT' ? 1 : 0
  expect(await shown(ada)).toMatchObject({ followingCount: count })
  expect(await shown(bob)).toMatchObject({ followersCount: count })
})

test('a profile made private, or renamed, leaves the cache', async () => {
  const hidden = await createAccount('hidden')
  await cached(hidden)
  await patch(hidden, { visibility: 'private' })
  expect((await app.request(`/profile/${hidden.username}`)).status).toBe(404)

  const renamed = await createAccount('renamed')
  await cached(renamed)
  await patch(renamed, { username: `${renamed.username}-x` })
  expect((await app.request(`/profile/${renamed.username}`)).status).toBe(308)
})

test('the responses of this process are invalidated before and after Redis is', async () => {
  const account = await createAccount('forgotten')
  const order: string[] = []
  const client: RedisClient = {
    ...redis,
    attempt(command) {
      order.push('Redis')
      return redis.attempt(command)
    },
  }
  const cache = createCache({ redis: client, invalidateResponses: () => void order.push('responses') })
  const dependencies = { ...dependenciesOn(database, redis), profileCache: createProfileCache(cache) }
  await changeOwnProfile(dependencies, setBioTo(account, 'new'))
  expect(order).toEqual(['responses', 'Redis', 'responses'])
})

test('without Postgres a cached profile is still shown, another is unavailable', async () => {
  const [known, unknown] = [await createAccount('known'), await createAccount('unknown')]
  await cached(known)
  const dependencies = dependenciesOn(noPostgres, redis)
  clock.advance(1_000)
  expect(await getPublicProfile(dependencies, known)).toMatchObject({ value: { username: known.username } })
  await expect(getPublicProfile(dependencies, unknown)).rejects.toMatchObject({ code: 'unavailable' })
})

test('without Redis profiles are read and changed', async () => {
  const account = await createAccount('noredis')
  const dependencies = dependenciesOn(database, noRedis)
  await changeOwnProfile(dependencies, setBioTo(account, 'written'))
  expect(await getPublicProfile(dependencies, account)).toMatchObject({ value: { bio: 'written' } })
})

test('a profile that becomes private is invalidated with the posts that show it, and no other change invalidates those', async () => {
  const account = await createAccount('hidden')
  const version = () => redisOwner.attempt(commands => commands.get('iod:tag:accounts'))
  const before = await version()
  await patch(account, { displayName: 'Shown' })
  expect(await version()).toBe(before)
  await patch(account, { visibility: 'private' })
  const after = await version()
  expect(after).not.toBe(before)
  await patch(account, { bio: 'still private' })
  expect(await version()).toBe(after)
})

const setBio = {
  name: 'set_bio',
  text: `update profile.profiles set bio = 'behind the back' where account_id = $1::uuid`,
}
