// `make restore FROM=…`: brings an archive of `make backup` into an empty database.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openArchive } from '../../functions/backup/archive.ts'
import { tableName } from '../../functions/backup/manifest.ts'
import { restore } from '../../functions/backup/restore.ts'
import { readConfig } from '../../functions/migrate/config.ts'
import { migrate } from '../../functions/migrate/migrate.ts'
import { readMigrations } from '../../functions/migrate/migrations.ts'
import { createLog } from '../../functions/shared/log.ts'
import { runCli } from '../cli/cli.ts'
import { type Options, required, UsageError, yesOrNo } from '../cli/options.ts'
import { root } from '../cluster/command.ts'
import { createProgress } from './progress.ts'
import { openTarget, placeOf, placeOptions } from './target.ts'

const optionSchemas = {
  ...placeOptions,
  FROM: required(': make restore FROM=backups/iod-dev-….tar.zst'),
  FORCE: yesOrNo,
}

async function main(options: Options<typeof optionSchemas>): Promise<void> {
  const from = options.FROM
  if (!existsSync(from)) throw new UsageError(`there is no file ${from}.`)
  const file = resolve(from)
  await using target = await openTarget(placeOf(options))
  const migrations = readMigrations(join(root, 'functions'))
  const config = readConfig(target.environment, migrations)
  const log = createLog('restore', 'warn')
  const manifest = await restore({
    databaseUrl: config.databaseUrl,
    open: () => openArchive(file),
    force: options.FORCE,
    migrations,
    migrate: some => migrate({ ...config, migrations: some, log }),
    onProgress: createProgress('writing'),
  })
  for (const table of manifest.tables) console.log(`${String(table.rows).padStart(10)}  ${tableName(table)}`)
  console.log(`Restored as it was at ${manifest.createdAt}.`)
}

await runCli(
  optionSchemas,
  main,
  'The database holds a part of the archive: run `make restore` again with FORCE=yes.',
)
