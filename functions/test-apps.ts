import { readFileSync } from 'node:fs'
import { afterAll } from 'vitest'
import type { createTestApp } from './auth/test-app.ts'
import { environmentOf, type Target } from './environment-of.ts'
import { posts } from './posts/function.ts'
import { profile } from './profile/function.ts'
import { createLog } from './shared/log.ts'
import { unreachableTarget } from './shared/testing/unreachable-target.ts'

type AuthTestApp = Awaited<ReturnType<typeof createTestApp>>

/** The other two functions on the database, the Redis and the keys of an auth function. */
export async function composeOthers({ testDatabase, keysFile, testRedis }: AuthTestApp) {
  const log = createLog('test', 'error', () => undefined)
  const [{ d: _, ...jwk }] = JSON.parse(readFileSync(keysFile, 'utf8')).keys
  const target: Target = {
    ...unreachableTarget,
    settings: { PUBLIC_URL: 'https://api.test' },
    databaseUrl: role => testDatabase.urlOf[role],
    redisUrl: role => testRedis.urlOf[role],
    publicKeys: JSON.stringify({ keys: [jwk] }),
  }

  async function compose(definition: typeof posts | typeof profile) {
    const { app, closeRedis, closePostgres } = await definition.compose(environmentOf(definition, target), {
      log,
    })
    afterAll(async () => {
      await closeRedis()
      await closePostgres()
    })
    return app
  }
  return { posts: await compose(posts), profile: await compose(profile) }
}
