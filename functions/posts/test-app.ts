import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { createVerifyAccessToken } from '../shared/access-token.ts'
import type { Connections } from '../shared/connections.ts'
import { createCursors } from '../shared/http/cursor.ts'
import { createRecentAnswers } from '../shared/http/recent-answers.ts'
import { holdToContract } from '../shared/testing/contract.ts'
import { openFunctionParts, type TestAccount, terms } from '../shared/testing/function-parts.ts'
import { createApp } from './app.ts'
import { PostPage } from './lists/schemas.ts'
import { Post } from './posts/schemas.ts'
import { createVerbs } from './verbs.ts'

export { readJson, type TestAccount, terms } from '../shared/testing/function-parts.ts'

type Headers = Readonly<Record<string, string>>

/** The posts function on a database and a Redis of its own, and accounts as auth would have made them. */
export async function createTestApp({ accountLimits = false } = {}) {
  const parts = await openFunctionParts('iod_posts')
  const { log, database, redis, tokens, revocations } = parts
  const cursorSecret = randomBytes(32)

  /** One more instance of the function; with other connections where a test says so. */
  function createPod(connections: Partial<Connections> = {}, recent = createRecentAnswers(log)) {
    const both = { database, redis, cacheRedis: connections.redis ?? redis, ...connections }
    const cursors = createCursors(cursorSecret)
    return holdToContract(
      createApp({
        config: { corsOrigins: [], publicUrl: terms.issuer, version: 'test', accountLimits },
        log,
        verbs: createVerbs({
          ...both,
          seal: cursors.seal,
          publicUrl: terms.issuer,
          forgetAnswers: recent.forget,
        }),
        cursors,
        verifyAccessToken: createVerifyAccessToken(terms, tokens.keySet, revocations),
        connections: both,
      }),
    )
  }
  const app = createPod()

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

  return { app, ...parts, createPod, ask, write, change, page }
}
