import { readFileSync } from 'node:fs'
import { afterAll } from 'vitest'
import type { createTestApp } from '../auth/test-app.ts'
import { environmentOf, type Target } from '../environment-of.ts'
import { functions } from '../registry.ts'
import { createLog } from '../shared/log.ts'
import { createTestClient, type TestClient } from '../shared/testing/test-client.ts'
import { unreachableTarget } from '../unreachable-target.ts'

/** Composes every other function on the database, the Redis and the keys of an auth function; finds one by a path. */
export async function composeAll({
  app,
  testDatabase,
  keysFile,
  testRedis,
}: Awaited<ReturnType<typeof createTestApp>>): Promise<(path: string) => TestClient> {
  const log = createLog('test', 'error', () => undefined)
  const [{ d: _, ...jwk }] = JSON.parse(readFileSync(keysFile, 'utf8')).keys
  const target: Target = {
    ...unreachableTarget,
    settings: { PUBLIC_URL: 'https://api.test' },
    databaseUrl: role => testDatabase.urlOf[role],
    redisUrl: role => testRedis.urlOf[role],
    publicKeys: JSON.stringify({ keys: [jwk] }),
  }
  const apps = new Map<string, TestClient>([['auth', app]])
  for (const definition of functions.filter(({ name }) => !apps.has(name))) {
    const other = await definition.compose(environmentOf(definition, target), { log })
    apps.set(definition.name, createTestClient(other))
    afterAll(async () => {
      await other.closeRedis()
      await other.closePostgres()
    })
  }
  return path => {
    const found = apps.get(path.split('/')[1] ?? '')
    if (found === undefined) throw new Error(`no function serves ${path}`)
    return found
  }
}
