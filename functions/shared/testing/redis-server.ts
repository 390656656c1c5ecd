import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { afterAll } from 'vitest'
import { findFreePort } from '../../../scripts/services/free-port.ts'
import { type Redis as RedisProcess, redisUrl, startRedis } from '../../../scripts/services/redis.ts'
import { requireRedis } from '../../../scripts/services/redis-program.ts'
import { newRedisPasswords, ownerUser } from '../../../scripts/services/redis-users.ts'
import type { DatabaseRole } from '../../registry.ts'
import { withRedis } from './redis.ts'
import { signalTree } from './signal-tree.ts'
import { createTestFolder } from './test-folder.ts'

/** A Redis of one test file, which may break it. Call it at the top of the file. */
export async function createRedisServer(settings: readonly string[] = [], onOutput?: (text: string) => void) {
  const folder = createTestFolder()
  const port = await findFreePort()
  const passwordOf = newRedisPasswords(() => randomBytes(32).toString('base64url'))
  const ownerPassword = randomBytes(32).toString('base64url')
  const launch = () =>
    startRedis({
      program: requireRedis(() => undefined),
      folder,
      port,
      passwordOf,
      ownerPassword,
      settings: ['save ""', 'databases 1', ...settings],
      onOutput,
    })
  let server: RedisProcess = await launch()
  const signal = (name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') =>
    signalTree(Number(readFileSync(join(folder, 'redis.pid'), 'utf8')), name)
  afterAll(async () => {
    signal('SIGCONT')
    await server.stop()
  })

  return {
    urlOf: (role: DatabaseRole) => server.urlOf(role),
    passwordOf,
    /** KILL ends it as a crash does; STOP freezes it, CONT thaws it. */
    signal,
    stop: () => server.stop(),
    start: async () => {
      server = await launch()
    },
    /** Commands of a user that may do everything. */
    async asOwner(work: (redis: Redis) => Promise<unknown>): Promise<void> {
      await withRedis(redisUrl(ownerUser, ownerPassword, port), work)
    },
  }
}
