import { randomUUID } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestTokens } from '../../scripts/secrets/access-tokens.ts'
import { environmentOf, type Target } from '../environment-of.ts'
import { posts } from '../posts/function.ts'
import { profile } from '../profile/function.ts'
import type { Connections } from '../shared/connections.ts'
import type { HttpApp } from '../shared/http/context.ts'
import { AccountIdSchema, SessionIdSchema } from '../shared/ids.ts'
import { createLog } from '../shared/log.ts'
import { type Database, openDatabase, type Queryable } from '../shared/postgres/database.ts'
import { openRedis } from '../shared/redis/client.ts'
import { createTestDatabase } from '../shared/testing/database.ts'
import { unreachableTarget } from '../unreachable-target.ts'

const log = createLog('test', 'error', () => undefined)
const username = 'counted'
const terms = { issuer: 'http://localhost', audience: 'http://localhost' }
let statements = 0
let authorization = ''
const apps = new Map<string, HttpApp>()

const insertAccount = {
  name: 'insert_counted_account',
  text: `insert into auth.accounts (email, email_key, username, username_key, password_hash)
    values ('c@example.test', 'c@example.test', '${username}', '${username}', '') returning id`,
}

function counted(database: Database): Database {
  const query: Database['query'] = (...call) => {
    statements += 1
    return database.query(...call)
  }
  const inTransaction = (transaction: Queryable): Queryable => ({
    query: (...call) => {
      statements += 1
      return transaction.query(...call)
    },
  })
  return { ...database, query, transaction: work => database.transaction(one => work(inTransaction(one))) }
}

beforeAll(async () => {
  const testDatabase = await createTestDatabase()
  const owner = await openDatabase({ url: testDatabase.ownerUrl, poolSize: 1, log })
  const tokens = await createTestTokens(terms)
  const [row] = await owner.query<{ id: string }>(insertAccount)
  const accountId = v.parse(AccountIdSchema, row?.id)
  const sessionId = v.parse(SessionIdSchema, randomUUID())
  authorization = `Bearer ${await tokens.sign({ accountId, sessionId, role: 'user' })}`

  /** Without Redis, so that each read goes to Postgres. */
  const target: Target = {
    ...unreachableTarget,
    databaseUrl: role => testDatabase.urlOf[role],
    publicKeys: JSON.stringify({ keys: [tokens.jwk] }),
  }
  for (const definition of [posts, profile]) {
    const environment = environmentOf(definition, target)
    const redis = await openRedis({ url: environment['REDIS_URL'] ?? '', log })
    const database = await openDatabase({ url: environment['DATABASE_URL'] ?? '', poolSize: 2, log })
    const connections: Connections = { database: counted(database), redis, cacheRedis: redis }
    const { app, closeRedis } = await definition.compose(environment, { log, connections })
    apps.set(definition.name, app)
    afterAll(async () => {
      await closeRedis()
      await database.close()
    })
  }
  await owner.close()
})

async function ask(method: string, path: string, body?: unknown): Promise<Response> {
  const app = apps.get(path.split(/[/?]/)[1] ?? '')
  const headers = { authorization, 'content-type': 'application/json', 'if-match': '*' }
  const response = await app?.request(path, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (response === undefined || response.status >= 300) throw new Error(await response?.text())
  return response
}

it.each<[string, string, unknown, number]>([
  ['POST', '/posts', { title: 'Counted', body: 'Once.', tags: ['sea'] }, 1],
  ['GET', '/posts/counted', undefined, 1],
  ['GET', '/posts?limit=20', undefined, 1],
  ['GET', '/posts?limit=20&tag=sea', undefined, 1],
  ['GET', '/posts?limit=20&q=counted', undefined, 1],
  ['GET', `/profile/${username}`, undefined, 1],
  ['GET', '/profile', undefined, 1],
  // The first change inserts the row.
  ['PATCH', '/profile', { bio: 'First' }, 5],
  ['PATCH', '/profile', { bio: 'Second' }, 2],
])('%s %s needs few statements', async (method, path, body, most) => {
  // Which sessions have ended is read now and then, not for each request.
  await ask('GET', `/posts?limit=1`)
  await ask('GET', '/profile')
  statements = 0
  await ask(method, path, body)
  expect(statements).toBeGreaterThan(0)
  expect(statements).toBeLessThanOrEqual(most)
})

it('keeps nothing of the requests it has answered', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const heapAfter = async (requests: number): Promise<number> => {
    for (let n = 0; n < requests; n += 1) await (await ask('GET', '/profile')).text()
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = await heapAfter(1_000)
  const after = await heapAfter(1_500)
  expect((after - before) / 1_500).toBeLessThan(300)
})
