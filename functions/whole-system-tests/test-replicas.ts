// A primary with two replicas, one of them late, and instances of posts that read from them.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll } from 'vitest'
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
import { openDatabase } from '../shared/postgres/database.ts'
import { openRedis } from '../shared/redis/client.ts'
import { queryOnce } from '../shared/testing/database.ts'
import { createReplica } from '../shared/testing/postgres-replica.ts'
import { createPostgresServer } from '../shared/testing/postgres-server.ts'
import { createTestRedis, patientTimeoutMs } from '../shared/testing/redis.ts'
import { createTestClient, type TestClient } from '../shared/testing/test-client.ts'
import { unreachableTarget } from '../unreachable-target.ts'

export const log = createLog('test', 'error', () => undefined)
export const primary = await createPostgresServer(['wal_keep_size=64MB'])
await createDatabase(primary.url('postgres'), 'iod')
const rolePasswords = byRole(() => 'of-this-test')
await migrate({
  databaseUrl: primary.url('iod'),
  rolePasswords,
  migrations: readMigrations(join(import.meta.dirname, '..')),
  log,
})
export const prompt = await createReplica(primary)
export const late = await createReplica(primary, ['recovery_min_apply_delay=5s'])
export const urlAt = (port: number) => `postgres://iod_posts:${rolePasswords.iod_posts}@127.0.0.1:${port}/iod`

const terms = { issuer: 'https://api.test', audience: 'https://api.test' }
const tokens = createTestTokens(terms)
export const username = 'ada'
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
export const author = { authorization: `Bearer ${await tokens.sign(actor)}` }
const testRedis = await createTestRedis()

/** One instance of the function, which reads from the replica at `replicaPort`. */
export async function createPod({
  replicaPort,
  withRedis = true,
}: {
  replicaPort: number
  withRedis?: boolean
}) {
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

export const send = async (pod: TestClient, method: string, path: string, body?: unknown) => {
  const headers = { ...author, 'content-type': 'application/json', 'if-match': '*' }
  const response = await pod.request(path, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (response.status >= 300) throw new Error(await response.text())
  return response.status === 204 ? '' : v.parse(v.object({ slug: v.string() }), await response.json()).slug
}
export const create = (pod: TestClient, title: string) =>
  send(pod, 'POST', '/posts', { title, body: 'Text', tags: [`tag-${title}`] })
export const textOf = async (pod: TestClient, path: string, headers = {}) => {
  const response = await pod.request(path, { headers })
  return `${response.status} ${await response.text()}`
}
