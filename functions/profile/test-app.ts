import { randomBytes, randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { afterAll } from 'vitest'
import { type Actor, createVerifyAccessToken } from '../shared/access-token.ts'
import { createCursors } from '../shared/http/cursor.ts'
import { AccountIdSchema, SessionIdSchema } from '../shared/ids.ts'
import { createLog } from '../shared/log.ts'
import { openDatabase } from '../shared/postgres/database.ts'
import { createCache } from '../shared/redis/cache.ts'
import { openRedis } from '../shared/redis/client.ts'
import { createRevocations } from '../shared/revocations.ts'
import { createTestTokens } from '../shared/testing/access-tokens.ts'
import { createTestDatabase } from '../shared/testing/database.ts'
import { createTestRedis } from '../shared/testing/redis.ts'
import { createApp } from './app.ts'
import { createFollows } from './domain/follows.ts'
import { createProfiles } from './domain/profiles.ts'
import { createFollowStore } from './store/follows.ts'
import { createProfileStore } from './store/profiles.ts'

export const terms = { issuer: 'https://api.test', audience: 'https://api.test' }

const poolSize = 10
const hold = { name: 'hold', text: 'select pg_sleep(0.05)' }

export interface TestAccount {
  readonly actor: Actor
  readonly username: string
  readonly authorization: { readonly authorization: string }
}

/** The profile function on a database and a Redis of its own, and accounts as auth would have made them. */
export async function createTestApp() {
  const log = createLog('profile', 'error')
  const testDatabase = await createTestDatabase()
  const database = await openDatabase({ url: testDatabase.urlOf.iod_profile, poolSize, log })
  const owner = await openDatabase({ url: testDatabase.ownerUrl, poolSize: 2, log })
  const redis = await openRedis({ url: await createTestRedis(), log })
  afterAll(async () => {
    await Promise.all([database.close(), owner.close(), redis.close()])
  })
  // All connections open before the first test: while one is being made, no two requests truly run at once.
  await Promise.all(Array.from({ length: poolSize }, () => database.query(hold)))
  const tokens = createTestTokens(terms)
  const revocations = createRevocations({ redis, database, maxAgeSeconds: 60 })
  const cache = createCache({ redis })
  const profiles = createProfiles({
    cache,
    store: createProfileStore(database),
    usernameHoldDays: 90,
  })
  const app = createApp({
    config: { corsOrigins: [], version: 'test', trustedProxyHops: 1 },
    log,
    profiles,
    follows: createFollows({ store: createFollowStore(database), cache, profiles }),
    cursors: createCursors(randomBytes(32)),
    verifyAccessToken: createVerifyAccessToken(terms, tokens.keySet, revocations),
    connections: { database, redis },
  })

  /** The name is made unique within its 30 characters. */
  async function createAccount(name = 'user'): Promise<TestAccount> {
    const username = `${name}-${randomUUID().slice(0, 8)}`
    const [row] = await owner.query<{ id: string }>(insertAccount, [`${username}@example.test`, username])
    const actor: Actor = {
      accountId: v.parse(AccountIdSchema, row?.id),
      sessionId: v.parse(SessionIdSchema, randomUUID()),
      role: 'user',
    }
    return { actor, username, authorization: { authorization: `Bearer ${await tokens.sign(actor)}` } }
  }

  const patch = (account: TestAccount, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    app.request('/profile', {
      method: 'PATCH',
      headers: { ...account.authorization, 'content-type': 'application/merge-patch+json', ...headers },
      body: JSON.stringify(body),
    })

  const as = (account: TestAccount, method: string, path: string) =>
    app.request(path, { method, headers: account.authorization })

  return {
    app,
    tokens,
    revocations,
    database,
    owner,
    ownerUrl: testDatabase.ownerUrl,
    redis,
    createAccount,
    patch,
    as,
  }
}

export const readJson = async (response: Response): Promise<Record<string, unknown>> =>
  v.parse(v.record(v.string(), v.unknown()), await response.json())

const insertAccount = {
  name: 'insert_test_account',
  text: `insert into auth.accounts (email, email_key, username, username_key, password_hash)
    values ($1::text, lower($1::text), $2::text, lower($2::text), '') returning id`,
}
