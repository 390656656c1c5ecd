import * as v from 'valibot'
import { expect, it, vi } from 'vitest'
import { createLog } from '../../shared/log.ts'
import { createCache, profileTag } from '../../shared/redis/cache.ts'
import { openRedis } from '../../shared/redis/client.ts'
import { queryOnce } from '../../shared/testing/database.ts'
import { canonical } from '../../shared/username.ts'
import { createTestApp, password, type TestUser } from '../test-app.ts'

const { call, register, testRedis, testDatabase } = await createTestApp()

const remove = ({ accessToken }: TestUser) =>
  call('POST', '/auth/account/deletion', { token: accessToken, body: { password, posts: 'delete' } })

it('invalidates the cached public profile', async () => {
  const user = await register()
  const redis = await openRedis({ url: testRedis.urlOf.iod_profile, log: createLog('test', 'error') })
  await vi.waitFor(redis.ping, 10_000)
  const cache = createCache({ redis })
  const key = canonical(user.user.username)
  const entry = { key: `profile:${key}`, tags: [profileTag(key)], schema: v.string(), ttlSeconds: 30 }
  const shown = () => cache.read(entry, async () => undefined)
  await cache.read(entry, async () => 'shown')
  await vi.waitFor(async () => expect(await shown()).toBe('shown'), 10_000)

  expect((await remove(user)).status).toBe(204)
  expect(await shown()).toBeUndefined()
  await redis.close()
})

it('erases any number of follows and keeps the counts of others correct', async () => {
  const user = await register('star')
  const { id } = user.user
  const rows = 25_000
  await queryOnce(
    testDatabase.ownerUrl,
    `create temporary table fans as select uuidv7() as id, 'fan' || n as name from generate_series(1, ${rows}) n;
    insert into auth.accounts (id, email, email_key, username, username_key, password_hash)
      select id, name, name, name, name, '' from fans;
    insert into profile.follows (follower_id, followee_id) select id, '${id}' from fans;
    insert into profile.follows (follower_id, followee_id) select '${id}', id from fans limit 100`,
  )
  expect((await remove(user)).status).toBe(204)
  const left = `select (select count(*) from profile.follows) as follows,
    (select count(*) from profile.follow_counts where followers <> 0 or following <> 0) as counts`
  expect(await queryOnce(testDatabase.ownerUrl, left)).toEqual([{ follows: '0', counts: '0' }])
}, 60_000)
