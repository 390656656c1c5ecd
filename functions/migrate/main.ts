import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLog, describeError } from '../shared/log.ts'
import { isUnreachable } from '../shared/postgres/errors.ts'
import { readConfig } from './config.ts'
import { migrate, pendingMigrations } from './migrate.ts'
import { readMigrations } from './migrations.ts'

/**
 * The Job: brings the schema up to date and exits. Waits a bounded time for a Postgres that is still starting.
 * With `--check` it changes nothing and fails when a migration is pending: a rollout runs that first.
 */
const log = createLog('migrate', 'info')
const deadlineMs = 120_000
const retryMs = 1_000

async function main(): Promise<void> {
  // The build copies the functions' migrations next to the bundle.
  const migrations = readMigrations(join(import.meta.dirname, 'functions'))
  const options = { ...readConfig(process.env, migrations), migrations, log }
  if (process.argv.includes('--check')) return check(options)
  for (;;) {
    try {
      const applied = await migrate(options)
      log.info('schema up to date', { applied: applied.length })
      return
    } catch (error) {
      if (!isUnreachable(error) || performance.now() > deadlineMs) throw error
      log.info('Postgres not ready', describeError(error))
      await sleep(retryMs)
    }
  }
}

async function check(options: Parameters<typeof pendingMigrations>[0]): Promise<void> {
  const pending = await pendingMigrations(options)
  if (pending.length > 0) throw new Error(`not applied: ${pending.join(', ')}`)
}

main().catch(error => {
  log.error('migration failed', describeError(error))
  process.exitCode = 1
})
