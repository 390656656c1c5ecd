import * as v from 'valibot'
import { environmentOf } from '../environment-of.ts'
import type { Connections } from '../shared/connections.ts'
import { openFunctionParts, type TestAccount, terms } from '../shared/testing/function-parts.ts'
import { createTestClient, createTestClock, type TestClient } from '../shared/testing/test-client.ts'
import { unreachableTarget } from '../unreachable-target.ts'
import { compose } from './compose.ts'
import { readConfig } from './config.ts'
import { posts } from './function.ts'
import { PostPage } from './lists/schemas.ts'
import { Post } from './posts/schemas.ts'

export { readJson, type TestAccount, terms } from '../shared/testing/function-parts.ts'

interface RequestOptions {
  readonly as?: TestAccount | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * The composed function on its own database and Redis, with accounts as auth creates them. Its caches age by `clock`
 * alone: a test advances it after it has changed rows by SQL.
 */
export async function createTestApp({ accountLimits = false } = {}) {
  const parts = await openFunctionParts('iod_posts')
  const { log, database, redis, tokens } = parts
  const clock = createTestClock()
  const config = readConfig(
    environmentOf(posts, {
      ...unreachableTarget,
      settings: { PUBLIC_URL: terms.issuer, ACCOUNT_LIMITS: accountLimits ? 'on' : 'off' },
      publicKeys: JSON.stringify({ keys: [tokens.jwk] }),
    }),
  )

  /** One more instance of the function; a test may replace its connections. */
  async function createPod(connections: Partial<Connections> = {}): Promise<TestClient> {
    const all = { database, redis, cacheRedis: connections.redis ?? redis, ...connections }
    return createTestClient(await compose(config, log, all, clock))
  }
  const app = await createPod()

  /** A request by an account, or an anonymous one. */
  const ask = async (method: string, path: string, { as, body, headers }: RequestOptions = {}) =>
    app.request(path, {
      method,
      headers: {
        ...as?.authorization,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })

  /** Creates a post; returns it with its current ETag. */
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

  /** Returns the titles of the posts that a search finds. */
  const find = async (q: string, more = '') =>
    (await page(`/posts?q=${encodeURIComponent(q)}${more}`)).items.map(({ title }) => title)

  return { app, ...parts, clock, createPod, ask, write, change, page, find }
}
