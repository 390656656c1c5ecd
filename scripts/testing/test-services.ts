// Global setup of `make test`: one PostgreSQL and one Redis for the whole run, in a temporary folder.
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../functions/migrate/migrate.ts'
import { readMigrations } from '../../functions/migrate/migrations.ts'
import { byRole } from '../../functions/registry.ts'
import { createLog } from '../../functions/shared/log.ts'
import { markAsTemplate, templateDatabase } from '../../functions/shared/testing/database.ts'
import type { TestServices } from '../../functions/shared/testing/services.ts'
import { findFreePort } from '../services/free-port.ts'
import { createDatabase, startPostgres } from '../services/postgres.ts'
import { redisUrl, startRedis } from '../services/redis.ts'
import { requireRedis } from '../services/redis-program.ts'
import { newRedisPasswords, ownerUser } from '../services/redis-users.ts'
import { StartFailure } from '../services/start-failure.ts'

const tell = (line: string) => void process.stderr.write(`${line}\n`)
const newPassword = () => randomBytes(32).toString('base64url')

// Tests need no durability, and without it a clone of the template takes milliseconds.
const postgresSettings = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=300',
]
const redisSettings = ['save ""', 'databases 1024']

/** The servers depend on this process: they stop and remove the folder also when the run is killed. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  return startServices(project).catch(error => {
    if (!(error instanceof StartFailure)) throw error
    // Vitest would print the stack.
    tell(error.message)
    process.exit(1)
  })
}

async function startServices(project: TestProject): Promise<() => Promise<void>> {
  const program = requireRedis(tell)
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'iod-test-')))
  // As root, Postgres runs as another user and must traverse the folder.
  chmodSync(folder, 0o711)
  const redisPort = await findFreePort()
  const redisPassword = newRedisPasswords(newPassword)
  const ownerPassword = newPassword()
  const [postgres, redis] = await Promise.all([
    startPostgres({
      password: newPassword(),
      folder: join(folder, 'postgres'),
      port: await findFreePort(),
      settings: postgresSettings,
      removeWhenStopped: [folder],
    }),
    startRedis({
      program,
      passwordOf: redisPassword,
      ownerPassword,
      folder: join(folder, 'redis'),
      port: redisPort,
      settings: redisSettings,
    }),
  ])
  const services: TestServices = {
    postgresUrl: postgres.url('postgres'),
    redisUrl: redisUrl(ownerUser, ownerPassword, redisPort),
    redisPasswords: byRole(redisPassword),
    rolePasswords: byRole(newPassword),
  }
  await createDatabase(services.postgresUrl, templateDatabase)
  await migrate({
    databaseUrl: postgres.url(templateDatabase),
    rolePasswords: services.rolePasswords,
    migrations: readMigrations(join(import.meta.dirname, '../../functions')),
    log: createLog('migrate', 'error'),
  })
  await markAsTemplate(services.postgresUrl)
  project.provide('services', services)

  return async () => {
    await redis.stop()
    await postgres.stop()
  }
}
