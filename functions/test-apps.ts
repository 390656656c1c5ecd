import { readFileSync } from 'node:fs'
import { afterAll } from 'vitest'
import type { createTestApp } from './auth/test-app.ts'
import * as posts from './posts/compose.ts'
import { readConfig as readPostsConfig } from './posts/config.ts'
import * as profile from './profile/assemble.ts'
import { readConfig as readProfileConfig } from './profile/config.ts'
import { openConnections } from './shared/connections.ts'
import type { HttpApp } from './shared/http/context.ts'
import { createLog } from './shared/log.ts'

type AuthTestApp = Awaited<ReturnType<typeof createTestApp>>

/** The other two functions on the database, the Redis and the keys of an auth function. */
export async function composeOthers({ testDatabase, keysFile, testRedis }: AuthTestApp) {
  const log = createLog('test', 'error', () => undefined)
  const [{ d: _, ...jwk }] = JSON.parse(readFileSync(keysFile, 'utf8')).keys
  const environment = {
    PUBLIC_URL: 'https://api.test',
    JWKS: JSON.stringify({ keys: [jwk] }),
    CURSOR_SECRET: 'A'.repeat(43),
  }

  async function compose(name: 'posts' | 'profile'): Promise<HttpApp> {
    const variables = {
      ...environment,
      DATABASE_URL: testDatabase.urlOf[`iod_${name}`],
      REDIS_URL: testRedis.urlOf[`iod_${name}`],
    }
    const config = name === 'posts' ? readPostsConfig(variables) : readProfileConfig(variables)
    const connections = await openConnections(config, log)
    const assembly =
      name === 'posts'
        ? await posts.assemble(readPostsConfig(variables), log, connections)
        : await profile.assemble(readProfileConfig(variables), log, connections)
    afterAll(async () => {
      await assembly.closeRedis()
      await assembly.closePostgres()
    })
    return assembly.app
  }
  return { posts: await compose('posts'), profile: await compose('profile') }
}
