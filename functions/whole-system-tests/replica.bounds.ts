import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { createTestTokens } from '../../scripts/secrets/access-tokens.ts'
import { createDatabase } from '../../scripts/services/postgres.ts'
import { environmentOf } from '../environment-of.ts'
import { migrate } from '../migrate/migrate.ts'
import { readMigrations } from '../migrate/migrations.ts'
import { compose } from '../posts/compose.ts'
import { readConfig } from '../posts/config.ts'
import { posts } from '../posts/function.ts'
import { byRole } from '../registry.ts'
import { AccountIdSchema, SessionIdSchema } from '../shared/ids.ts'
import { createLog } from '../shared/log.ts'
import { renderCounters } from '../shared/metrics.ts'
import { openDatabase } from '../shared/postgres/database.ts'
import { createReplicaReads } from '../shared/postgres/replica-reads.ts'
import { openRedis } from '../shared/redis/client.ts'
import { queryOnce } from '../shared/testing/database.ts'
import { createReplica } from '../shared/testing/postgres-replica.ts'
import { createPostgresServer } from '../shared/testing/postgres-server.ts'
import { createTestRedis, patientTimeoutMs } from '../shared/testing/redis.ts'
import { createTestClient, type TestClient } from '../shared/testing/test-client.ts'
import { unreachableTarget } from '../unreachable-target.ts'

const log = createLog('test', 'error', () => undefined)
const primary = await createPostgresServer(['wal_keep_size=64MB'])
await createDatabase(primary.url('postgres'), 'iod')
const rolePasswords = byRole(() => 'of-this-test')
await migrate({
  databaseUrl: primary.url('iod'),
  rolePasswords,
  migrations: readMigrations(join(import.meta.dirname, '..')),
  log,
})
const prompt = await createReplica(primary)
const late = await createReplica(primary, ['recovery_min_apply_delay=5s'])
const urlAt = (port: number) => `postgres://iod_posts:${rolePasswords.iod_posts}@127.0.0.1:${port}/iod`

const terms = { issuer: 'https://api.test', audience: 'https://api.test' }
const tokens = createTestTokens(terms)
const username = 'ada'
const [account] = await queryOnce(
  primary.url('iod'),
  `insert into auth.accounts (email, email_key, username, username_key, password_hash)
  values ('a@example.test', 'a@example.test', '${username}', '${username}', '') returning id`,
)
const actor = {
  accountId: v.parse(AccountIdSchema, account?.['id']),
  sessionId: v.parse(SessionIdSchema, randomUUID()),
  role: 'user' as const,
}
const author = { authorization: `Bearer ${await tokens.sign(actor)}` }
const testRedis = await createTestRedis()

/** One instance of the function, which reads from the replica at `replicaPort`. */
async function createPod({ replicaPort, withRedis = true }: { replicaPort: number; withRedis?: boolean }) {
  const target = {
    ...unreachableTarget,
    settings: { PUBLIC_URL: terms.issuer, ACCOUNT_LIMITS: 'off' },
    databaseReadUrl: () => urlAt(replicaPort),
    publicKeys: JSON.stringify({ keys: [tokens.jwk] }),
  }
  const config = readConfig(environmentOf(posts, target))
  const database = await openDatabase({ url: urlAt(primary.port), poolSize: 3, log })
  const redis = await openRedis({
    url: withRedis ? testRedis.urlOf.iod_posts : config.redisUrl,
    log,
    ...(withRedis && { commandTimeoutMs: patientTimeoutMs }),
  })
  const composition = await compose(config, log, { database, redis, cacheRedis: redis })
  afterAll(async () => {
    await composition.closePostgres()
    await redis.close()
  })
  return createTestClient(composition)
}

const send = async (pod: TestClient, method: string, path: string, body?: unknown) => {
  const headers = { ...author, 'content-type': 'application/json', 'if-match': '*' }
  const response = await pod.request(path, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (response.status >= 300) throw new Error(await response.text())
  return response.status === 204 ? '' : v.parse(v.object({ slug: v.string() }), await response.json()).slug
}
const create = (pod: TestClient, title: string) =>
  send(pod, 'POST', '/posts', { title, body: 'Text', tags: [`tag-${title}`] })
const textOf = async (pod: TestClient, path: string, headers = {}) => {
  const response = await pod.request(path, { headers })
  return `${response.status} ${await response.text()}`
}

const countOf = (result: string) =>
  Number(
    new RegExp(`iod_replica_reads_total\\{result="${result}"\\} (\\d+)`).exec(renderCounters())?.[1] ?? 0,
  )

/** Reads for longer than a second after a write: at first the old text may come, then the new one, and never again the old. */
async function expectWithinASecond(
  pod: TestClient,
  path: string,
  isNew: (text: string) => boolean,
  writtenMs: number,
) {
  let wasNew = false
  for (let startMs = performance.now(); startMs < writtenMs + 1_200; startMs = performance.now()) {
    const isNewNow = isNew(await textOf(pod, path))
    if (wasNew || startMs >= writtenMs + 1_000) expect([path, isNewNow]).toEqual([path, true])
    wasNew ||= isNewNow
    await new Promise(setImmediate)
  }
}

describe.each([
  ['with Redis', true],
  ['without Redis', false],
])('a replica that is 5 s late, %s', (_, withRedis) => {
  test.each(['the pod of the write', 'another pod'])(
    'shows nothing old to its author, nor to others after a second: %s',
    async who => {
      const writer = await createPod({ replicaPort: late.port, withRedis })
      const reader = who === 'another pod' ? await createPod({ replicaPort: late.port, withRedis }) : writer
      const title = `t${randomUUID().slice(0, 8)}`
      const slug = await create(writer, title)
      const paths = [
        `/posts/${slug}`,
        '/posts?limit=5',
        `/posts?tag=tag-${title}`,
        `/posts?q=${title}`,
        '/posts/atom.xml',
      ]
      const all = async (expected: (text: string) => boolean) => {
        const writtenMs = performance.now()
        // Another pod's copies, of up to 0.25 s, are not asked for with a token.
        for (const path of paths)
          expect([path, expected(await textOf(reader, path, author))]).toEqual([path, true])
        await Promise.all(paths.map(path => expectWithinASecond(reader, path, expected, writtenMs)))
      }
      await all(text => text.startsWith('200') && text.includes(title))
      await send(writer, 'PATCH', `/posts/${slug}`, { title: `${title} changed` })
      await all(text => text.includes(`${title} changed`))
      await send(writer, 'DELETE', `/posts/${slug}`)
      await all(text => !text.includes(`${title} changed`))
    },
    20_000,
  )

  test('would show the old text if it were believed', async () => {
    const pod = await createPod({ replicaPort: late.port, withRedis })
    const title = `t${randomUUID().slice(0, 8)}`
    const count = { name: '', text: `select count(*)::int as n from posts.posts where title = '${title}'` }
    await create(pod, title)
    const replica = await openDatabase({ url: urlAt(late.port), poolSize: 1, log })
    const database = await openDatabase({ url: urlAt(primary.port), poolSize: 1, log })
    try {
      expect(await replica.query(count)).toEqual([{ n: 0 }])
      expect(await createReplicaReads({ primary: database, replica }).query(count)).toEqual([{ n: 1 }])
    } finally {
      await replica.close()
      await database.close()
    }
  })
})

describe('a replica that keeps up', () => {
  test('answers readers without a token, and nobody else', async () => {
    const pod = await createPod({ replicaPort: prompt.port, withRedis: false })
    const slug = await create(pod, `t${randomUUID().slice(0, 8)}`)
    const day = new Date().toISOString().slice(0, 10)
    const paths = [
      `/posts/${slug}`,
      `/posts?author=${username}`,
      '/posts/tags',
      '/posts/atom.xml',
      '/posts/sitemap.xml',
      `/posts/sitemap.xml?day=${day}`,
    ]
    for (const path of paths) {
      // It may be a few milliseconds behind at first, and then rests for a second.
      await vi.waitFor(async () => {
        const before = countOf('replica')
        expect(await textOf(pod, path)).toMatch(/^200/)
        expect(countOf('replica')).toBeGreaterThan(before)
      }, 5_000)
    }
    const before = countOf('replica') + countOf('primary')
    await send(pod, 'PATCH', `/posts/${slug}`, { title: 'Changed' })
    for (const path of [`/posts/${slug}`, `/posts?author=${username}`, '/posts?state=any'])
      expect(await textOf(pod, path, author)).toMatch(/^200/)
    expect(countOf('replica') + countOf('primary')).toBe(before)
  }, 20_000)

  test('is done without when it is unreachable', async () => {
    const pod = await createPod({ replicaPort: prompt.port, withRedis: false })
    await prompt.stop()
    const startMs = performance.now()
    expect(await textOf(pod, '/posts?limit=7')).toMatch(/^200/)
    expect(performance.now() - startMs).toBeLessThan(2_000)
    expect(await textOf(pod, '/posts?limit=8')).toMatch(/^200/)
  })
})
