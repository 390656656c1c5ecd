import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { DomainError } from './domain-error.ts'
import { type SessionId, SessionIdSchema } from './ids.ts'
import { createLog } from './log.ts'
import { type Database, openDatabase } from './postgres/database.ts'
import { openRedis, type RedisClient } from './redis/client.ts'
import { createRevocations } from './revocations.ts'
import { createTestDatabase } from './testing/database.ts'
import { createTestRedis } from './testing/redis.ts'

const log = createLog('test', 'error', () => undefined)
const testDatabase = await createTestDatabase()
const authDatabase = await openDatabase({ url: testDatabase.urlOf.iod_auth, poolSize: 2, log })
const postsDatabase = await openDatabase({ url: testDatabase.urlOf.iod_posts, poolSize: 2, log })
const redis = await openRedis({ url: (await createTestRedis()).ownerUrl, log })
beforeAll(() => vi.waitFor(redis.ping, 10_000))
afterAll(() => Promise.all([authDatabase.close(), postsDatabase.close(), redis.close()]))

const away: RedisClient = { ...redis, attempt: async () => undefined }
const noDatabase: Database = {
  ...postsDatabase,
  query: () => Promise.reject(new DomainError('unavailable', { detail: 'away' })),
}
const newSession = () => v.parse(SessionIdSchema, randomUUID())

const revokeInPostgres = (session: SessionId, minutesAgo = 0) =>
  authDatabase.query(
    {
      name: 'insert_revocation',
      text: `insert into auth.revocations values ($1::uuid, now() - make_interval(mins => $2::int))`,
    },
    [session, minutesAgo],
  )

/** Another pod, with its own clock to turn on, and counts of what it asks for. */
function createPod({
  client = redis,
  database = postsDatabase,
}: {
  client?: RedisClient
  database?: Database
}) {
  let clockMs = 1_000_000
  const asked = { redis: 0, postgres: 0 }
  const revocations = createRevocations({
    redis: {
      ...client,
      attempt: command => {
        asked.redis += 1
        return client.attempt(command)
      },
    },
    database: {
      ...database,
      query: (...parameters) => {
        asked.postgres += 1
        return database.query(...parameters)
      },
    },
    maxAgeSeconds: 60,
    now: () => clockMs,
  })
  return { ...revocations, asked, pass: (ms: number) => (clockMs += ms) }
}

it('a cold pod knows at its first request what Redis and Postgres know', async () => {
  const [announced, stored] = [newSession(), newSession()]
  await createPod({}).announce([announced])
  await revokeInPostgres(stored)
  const pod = createPod({})
  expect(await pod.isRevoked(announced)).toBe(true)
  expect(await pod.isRevoked(stored)).toBe(true)
  expect(await pod.isRevoked(newSession())).toBe(false)
})

it('with Redis a running pod takes up an ended session within 5 s', async () => {
  const session = newSession()
  const pod = createPod({})
  expect(await pod.isRevoked(session)).toBe(false)
  await createPod({}).announce([session])
  pod.pass(4_900)
  expect(await pod.isRevoked(session)).toBe(true)
})

it('a busy pod takes it up without a request that waits', async () => {
  const session = newSession()
  const pod = createPod({})
  await pod.isRevoked(session)
  await createPod({}).announce([session])
  pod.pass(2_100)
  await pod.isRevoked(session)
  await vi.waitFor(async () => expect(await pod.isRevoked(session)).toBe(true), 10_000)
})

it('without Redis it takes it up from Postgres within the bound', async () => {
  const session = newSession()
  const pod = createPod({ client: away })
  expect(await pod.isRevoked(session)).toBe(false)
  await revokeInPostgres(session)
  pod.pass(60_001)
  expect(await pod.isRevoked(session)).toBe(true)
})

it('an announcement that was lost is found in Postgres within the bound, though Redis answers', async () => {
  const session = newSession()
  const pod = createPod({})
  await pod.isRevoked(session)
  await revokeInPostgres(session)
  for (let second = 0; second < 60; second += 4) {
    pod.pass(4_000)
    await pod.isRevoked(session)
  }
  await vi.waitFor(async () => expect(await pod.isRevoked(session)).toBe(true), 10_000)
})

it('asks once for 1,000 requests at once and for 1,000 within two seconds', async () => {
  const pod = createPod({})
  const session = newSession()
  await Promise.all(Array.from({ length: 1_000 }, () => pod.isRevoked(session)))
  expect(pod.asked).toEqual({ redis: 1, postgres: 1 })
  for (let request = 0; request < 1_000; request += 1) {
    pod.pass(1.9)
    await pod.isRevoked(session)
  }
  expect(pod.asked).toEqual({ redis: 1, postgres: 1 })
})

it('asks only for what is new', async () => {
  const reads: number[] = []
  const pod = createPod({
    client: {
      ...redis,
      attempt: async command => {
        const reply = await redis.attempt(command)
        reads.push(Array.isArray(reply) ? reply.length : 0)
        return reply
      },
    },
  })
  const old = newSession()
  for (const session of [old, ...Array.from({ length: 9 }, newSession)]) {
    await redis.attempt(commands => commands.zadd('iod:revocations', Date.now() - 120_000, session))
  }
  expect(await pod.isRevoked(old)).toBe(true)
  await createPod({}).announce([newSession()])
  pod.pass(5_000)
  await pod.isRevoked(old)
  pod.pass(5_000)
  expect(await pod.isRevoked(old)).toBe(true)
  expect(reads.at(-1)).toBeLessThanOrEqual((reads[0] ?? 0) - 9)
})

it('without Postgres, Redis is enough; without both it is 503 and never a guess', async () => {
  const session = newSession()
  expect(await createPod({ database: noDatabase }).isRevoked(session)).toBe(false)
  await expect(createPod({ client: away, database: noDatabase }).isRevoked(session)).rejects.toMatchObject({
    code: 'unavailable',
  })
})

it('an outage of both shorter than the bound is not noticed', async () => {
  let isAway = false
  const pod = createPod({
    client: away,
    database: { ...postsDatabase, query: (...p) => (isAway ? noDatabase : postsDatabase).query(...p) },
  })
  await pod.isRevoked(newSession())
  isAway = true
  pod.pass(59_000)
  expect(await pod.isRevoked(newSession())).toBe(false)
  pod.pass(2_000)
  await expect(pod.isRevoked(newSession())).rejects.toMatchObject({ code: 'unavailable' })
  isAway = false
  pod.pass(1_001)
  expect(await pod.isRevoked(newSession())).toBe(false)
})

it('forgets sessions that no valid access token can belong to', async () => {
  const session = newSession()
  await revokeInPostgres(session, 21)
  expect(await createPod({ client: away }).isRevoked(session)).toBe(false)
  await createPod({}).announce([newSession()])
  expect(await redis.attempt(commands => commands.ttl('iod:revocations'))).toBeGreaterThan(1_000)
})

it('takes up a session that was announced after one of a pod whose clock is ahead', async () => {
  const [ahead, after] = [newSession(), newSession()]
  const aheadMs = Date.now() + 120_000
  await redis.attempt(commands => commands.zadd('iod:revocations', aheadMs, ahead))
  const pod = createPod({})
  expect(await pod.isRevoked(ahead)).toBe(true)
  await createPod({}).announce([after])
  pod.pass(4_900)
  expect(await pod.isRevoked(after)).toBe(true)
})

it('does not forget an ended session when the clock of the machine was ahead for a while', async () => {
  const session = newSession()
  const pod = createPod({})
  await redis.attempt(commands => commands.zadd('iod:revocations', Date.now() - 120_000, session))
  await pod.announce([newSession()])
  expect(await pod.isRevoked(session)).toBe(true)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 21 * 60_000 })
  try {
    await vi.waitFor(async () => {
      pod.pass(31_000)
      expect(await pod.isRevoked(newSession())).toBe(false)
      expect(pod.asked.postgres).toBeGreaterThan(2)
    }, 10_000)
  } finally {
    vi.useRealTimers()
  }
  expect(await pod.isRevoked(session)).toBe(true)
})
