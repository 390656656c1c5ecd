import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createVerifyAccessToken } from '../../shared/access-token.ts'
import { watchKeySet } from '../../shared/key-set.ts'
import { createLog } from '../../shared/log.ts'
import { openDatabase } from '../../shared/postgres/database.ts'
import { openRedis } from '../../shared/redis/client.ts'
import { createRevocations } from '../../shared/revocations.ts'
import { createTestApp, noRedis, password, type TestUser } from '../test-app.ts'
import { SessionPage, Tokens } from './schemas.ts'

const auths = { withRedis: await createTestApp(), withoutRedis: await createTestApp({ redisUrl: noRedis }) }

/** The token verification of another function, with a clock that the test moves. */
async function createOtherFunction({ config, keysFile, testDatabase, testRedis }: typeof auths.withRedis) {
  const log = createLog('test', 'error', () => undefined)
  const database = await openDatabase({ url: testDatabase.urlOf.iod_posts, poolSize: 2, log })
  const isAway = config.redisUrl === noRedis
  const redis = await openRedis({ url: isAway ? noRedis : testRedis.urlOf.iod_posts, log })
  afterAll(() => Promise.all([database.close(), redis.close()]))
  if (!isAway) beforeAll(() => vi.waitFor(redis.ping, 10_000))
  let clockMs = 0
  const revocations = createRevocations({ redis, database, maxAgeSeconds: 60, now: () => clockMs })
  const verify = createVerifyAccessToken(config.accessToken, watchKeySet({ file: keysFile }), revocations)
  return {
    pass: (seconds: number) => {
      clockMs += seconds * 1_000
    },
    accepts: async ({ accessToken }: TestUser) => (await verify(accessToken)) !== undefined,
  }
}

describe.each([
  ['within 5 s with Redis', auths.withRedis, 5],
  ['within 60 s while Redis is unavailable', auths.withoutRedis, 61],
])('another function rejects the access token %s', (_, auth, boundSeconds) => {
  const { call, register, refresh, setRole, owner } = auth
  const other = createOtherFunction(auth)

  const body = (user: TestUser) => ({ refreshToken: user.refreshToken })
  const token = (user: TestUser) => user.accessToken

  async function moderate(user: TestUser): Promise<void> {
    const moderator = await register('moderator')
    await setRole(moderator, 'moderator')
    const path = `/auth/accounts/${user.user.username}/suspension`
    await call('PUT', path, { token: moderator.accessToken, body: { reason: 'spam' } })
  }

  async function reuse(user: TestUser): Promise<void> {
    const first = v.parse(Tokens, await (await refresh(user.refreshToken)).json())
    await refresh(first.refreshToken)
    const text = `update auth.refresh_tokens set used_at = used_at - interval '11 seconds'`
    await owner.query({ name: 'age_all', text })
    await refresh(user.refreshToken)
  }

  async function endOne(user: TestUser): Promise<void> {
    const page = await call('GET', '/auth/sessions', { token: token(user) })
    const { items } = v.parse(SessionPage, await page.json())
    await call('DELETE', `/auth/sessions/${items[0]?.id}`, { token: token(user) })
  }

  it.each<[string, (user: TestUser) => Promise<unknown>]>([
    ['logging out', user => call('POST', '/auth/logout', { body: body(user) })],
    ['ending the session', endOne],
    ['ending all sessions', user => call('DELETE', '/auth/sessions', { token: token(user) })],
    [
      'deleting the account',
      user =>
        call('POST', '/auth/account/deletion', { token: token(user), body: { password, posts: 'delete' } }),
    ],
    ['a suspension', moderate],
    ['the reuse of a refresh token', reuse],
  ])('after %s', async (_, end) => {
    const { accepts, pass } = await other
    const [user, bystander] = [await register(), await register()]
    expect(await accepts(user)).toBe(true)
    await end(user)
    pass(boundSeconds)
    expect(await accepts(user)).toBe(false)
    expect(await accepts(bystander)).toBe(true)
  })
})
