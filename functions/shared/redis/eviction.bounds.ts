import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, expect, test, vi } from 'vitest'
import { findFreePort } from '../../../scripts/services/free-port.ts'
import { redisUrl, startRedis } from '../../../scripts/services/redis.ts'
import { requireRedis } from '../../../scripts/services/redis-program.ts'
import { newRedisPasswords, ownerUser } from '../../../scripts/services/redis-users.ts'
import { createLog } from '../log.ts'
import { createTestFolder } from '../testing/test-folder.ts'
import { createCache } from './cache.ts'
import { openRedis } from './client.ts'
import { createLimiter } from './limiter.ts'

const folder = createTestFolder()
const log = createLog('test', 'error', () => undefined)
const Value = v.object({ text: v.string() })

/** A real server with the memory and policy of the manifests, made small. */
async function start(name: string, settings: readonly string[]) {
  const newPassword = () => randomBytes(16).toString('hex')
  const [port, password] = [await findFreePort(), newPassword()]
  const server = await startRedis({
    program: requireRedis(() => undefined),
    folder: join(folder, name),
    port,
    passwordOf: newRedisPasswords(newPassword),
    ownerPassword: password,
    settings: ['save ""', 'maxmemory 4mb', ...settings],
  })
  const client = await openRedis({ url: redisUrl(ownerUser, password, port), log })
  await vi.waitFor(() => client.ping(), 10_000)
  afterAll(async () => {
    await client.close()
    await server.stop()
  })
  return client
}

test('whatever fills the cache, limits still count', async () => {
  const protecting = await start('protecting', ['maxmemory-policy noeviction'])
  const caching = await start('caching', ['maxmemory-policy volatile-ttl'])
  const options = { name: 'eviction', limit: 5, windowSeconds: 3_600 }
  const limiter = createLimiter(protecting, options)
  for (let n = 0; n < 5; n += 1) expect(await limiter.take('guesser')).toMatchObject({ allowed: true })

  const cache = createCache({ redis: caching })
  for (let n = 0; n < 400; n += 1) {
    const entry = { key: `page-${n}`, tags: ['posts'], schema: Value, ttlSeconds: 60 }
    await cache.read(entry, async () => ({ text: 'x'.repeat(50_000) }))
  }
  await vi.waitFor(async () => {
    const evicted = await caching.attempt(commands => commands.info('stats'))
    expect(Number(/evicted_keys:(\d+)/.exec(evicted ?? '')?.[1])).toBeGreaterThan(50)
  }, 10_000)
  // In another process, which has counted nothing itself.
  expect(await createLimiter(protecting, options).take('guesser')).toMatchObject({ allowed: false })
})

test.each(['allkeys-lfu', 'volatile-ttl'])(
  'an invalid entry does not come back when Redis evicts by %s',
  async policy => {
    const redis = await start(`invalidated-${policy}`, [`maxmemory-policy ${policy}`])
    const cache = createCache({ redis })
    const posts = Array.from({ length: 200 }, (_, n) => ({
      key: `post-${n}`,
      tags: [`post-${n}`],
      schema: Value,
      ttlSeconds: 60,
    }))
    const readAll = () => Promise.all(posts.map(post => cache.read(post, async () => ({ text: 'public' }))))
    await readAll()
    await vi.waitFor(async () => {
      expect(
        await redis.attempt(commands => commands.exists(...posts.map(({ key }) => `iod:cache:${key}`))),
      ).toBe(200)
    }, 10_000)
    // Entries that are read often outlive the new versions of their tags, which are read once.
    for (let n = 0; n < 30; n += 1) await readAll()
    await cache.invalidate(posts.flatMap(post => post.tags))
    for (let n = 0; n < 400; n += 1) {
      const page = { key: `page-${n}`, tags: ['pages'], schema: Value, ttlSeconds: 60 }
      await cache.read(page, async () => ({ text: 'x'.repeat(50_000) }))
    }
    const inAnotherProcess = createCache({ redis })
    for (const post of posts) {
      expect(await inAnotherProcess.read(post, async () => ({ text: 'private' }))).toEqual({
        text: 'private',
      })
    }
  },
)
