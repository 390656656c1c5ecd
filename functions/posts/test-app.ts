import { randomBytes, randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { afterAll } from 'vitest'
import { type Actor, createVerifyAccessToken } from '../shared/access-token.ts'
import type { Connections } from '../shared/connections.ts'
import { createCursors } from '../shared/http/cursor.ts'
import { AccountIdSchema, SessionIdSchema } from '../shared/ids.ts'
import { createLog } from '../shared/log.ts'
import { openDatabase } from '../shared/postgres/database.ts'
import { openRedis } from '../shared/redis/client.ts'
import { createRevocations } from '../shared/revocations.ts'
import { createTestTokens } from '../shared/testing/access-tokens.ts'
import { createTestDatabase } from '../shared/testing/database.ts'
import { createTestRedis } from '../shared/testing/redis.ts'
import { createApp } from './app.ts'
import { PostPage } from './schemas/lists.ts'
import { Post } from './schemas/posts.ts'
import { createVerbs } from './verbs.ts'

export const terms = { issuer: 'https://api.test', audience: 'https://api.test' }

const poolSize = 10
const hold = { name: 'hold', text: 'select pg_sleep(0.05)' }

export interface TestAccount {
  readonly actor: Actor
  readonly username: string
  readonly authorization: { readonly authorization: string }
}

type Headers = Readonly<Record<string, string>>

/** The posts function on a database and a Redis of its own, and accounts as auth would have made them. */
export async function createTestApp() {
  const log = createLog('posts', 'error')
  const testDatabase = await createTestDatabase()
  const database = await openDatabase({ url: testDatabase.urlOf.iod_posts, poolSize, log })
  const owner = await openDatabase({ url: testDatabase.ownerUrl, poolSize: 2, log })
  const redis = await openRedis({ url: await createTestRedis(), log })
  afterAll(async () => {
    await Promise.all([database.close(), owner.close(), redis.close()])
  })
  // All connections open before the first test: while one is being made, no two requests truly run at once.
  await Promise.all(Array.from({ length: poolSize }, () => database.query(hold)))
  const tokens = await createTestTokens(terms)
  const revocations = createRevocations({ redis, database, maxAgeSeconds: 60 })
  const cursorSecret = randomBytes(32)

  /** One more instance of the function; with other connections where a test says so. */
  function createPod(connections: Partial<Connections> = {}) {
    const both = { database, redis, ...connections }
    const cursors = createCursors(cursorSecret)
    return createApp({
      config: { corsOrigins: [], version: 'test' },
      log,
      verbs: createVerbs({ ...both, seal: cursors.seal, publicUrl: terms.issuer }),
      cursors,
      verifyAccessToken: createVerifyAccessToken(terms, tokens.keySet, revocations),
      connections: both,
    })
  }
  const app = createPod()

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

  /** A request of an account, or of nobody. */
  const ask = (
    method: string,
    path: string,
    {
      as,
      body,
      headers,
    }: { readonly as?: TestAccount | undefined; readonly body?: unknown; readonly headers?: Headers } = {},
  ) =>
    app.request(path, {
      method,
      headers: {
        ...as?.authorization,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })

  /** A post with its present ETag. */
  async function write(as: TestAccount, input: Readonly<Record<string, unknown>> = {}) {
    const response = await ask('POST', '/posts', {
      as,
      body: { title: 'A title', body: 'A *body*.', ...input },
    })
    const text = await response.text()
    if (response.status !== 201) throw new Error(text)
    return { ...v.parse(Post, JSON.parse(text)), etag: response.headers.get('etag') ?? '' }
  }

  const change = (as: TestAccount, slug: string, etag: string, body: unknown) =>
    ask('PATCH', `/posts/${slug}`, { as, body, headers: { 'if-match': etag } })

  async function page(path: string, as?: TestAccount) {
    const response = await ask('GET', path, { as })
    const text = await response.text()
    if (response.status !== 200) throw new Error(text)
    return v.parse(PostPage, JSON.parse(text))
  }

  return {
    app,
    tokens,
    revocations,
    database,
    owner,
    ownerUrl: testDatabase.ownerUrl,
    redis,
    createAccount,
    createPod,
    ask,
    write,
    change,
    page,
  }
}

export const readJson = async (response: Response): Promise<Record<string, unknown>> =>
  v.parse(v.record(v.string(), v.unknown()), await response.json())

const insertAccount = {
  name: 'insert_test_account',
  text: `insert into auth.accounts (email, email_key, username, username_key, password_hash)
    values ($1::text, lower($1::text), $2::text, lower($2::text), '') returning id`,
}
