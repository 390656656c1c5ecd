import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLog, describeError } from '../shared/log.ts'
import { isUnreachable } from '../shared/postgres/errors.ts'
import { migrate, pendingMigrations } from '../shared/postgres/migrate.ts'
import { readConfig } from './config.ts'

/**
 * The Job: brings the schema up to date and exits. Waits for a Postgres that is still starting, for a bounded time.
 * With `--check` it only says whether there is anything to do, and then does not end with 0: a rollout asks first.
 */
const log = createLog('migrate', 'info')
const deadlineMs = 120_000
const retryMs = 1_000

async function main(): Promise<void> {
  const options = {
    ...readConfig(process.env),
    migrationsFolder: join(import.meta.dirname, 'migrations'),
    log,
  }
  if (process.argv.includes('--check')) return check(options)
  for (;;) {
    try {
      const applied = await migrate(options)
      log.info('the schema is current', { applied: applied.length })
      return
    } catch (error) {
      if (!isUnreachable(error) || performance.now() > deadlineMs) throw error
      log.info('waiting for Postgres', describeError(error))
      await sleep(retryMs)
    }
  }
}

async function check(options: Parameters<typeof pendingMigrations>[0]): Promise<void> {
  const pending = await pendingMigrations(options)
  if (pending.length > 0) throw new Error(`not applied: ${pending.join(', ')}`)
}

main().catch(error => {
  log.error('not migrated', describeError(error))
  process.exitCode = 1
})
