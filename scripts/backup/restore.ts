// `make restore FROM=…`: brings an archive of `make backup` into an empty database.
import { join, resolve } from 'node:path'
import { openArchive } from '../../functions/backup/archive.ts'
import { tableName } from '../../functions/backup/manifest.ts'
import { restore } from '../../functions/backup/restore.ts'
import { readConfig } from '../../functions/migrate/config.ts'
import { migrate } from '../../functions/migrate/migrate.ts'
import { readMigrations } from '../../functions/migrate/migrations.ts'
import { createLog } from '../../functions/shared/log.ts'
import { runCli } from '../cli/cli.ts'
import { existingFile, type Options, yesOrNo } from '../cli/options.ts'
import { createProgress } from '../cli/progress.ts'
import { root } from '../cluster/command.ts'
import { placeOf, placeOptions } from '../release/target.ts'
import { openTarget } from './target.ts'

const optionSchemas = {
  ...placeOptions,
  FROM: existingFile(': make restore FROM=backups/iod-dev-….tar.zst'),
  FORCE: yesOrNo,
}

async function main(options: Options<typeof optionSchemas>): Promise<void> {
  const file = resolve(options.FROM)
  await using target = await openTarget(placeOf(options))
  const migrations = readMigrations(join(root, 'functions'))
  const config = readConfig(target.environment, migrations)
  const log = createLog('restore', 'warn')
  const manifest = await restore({
    databaseUrl: config.databaseUrl,
    authority: config.authority,
    open: () => openArchive(file),
    force: options.FORCE,
    migrations,
    migrate: some => migrate({ ...config, migrations: some, log }),
    onProgress: createProgress('writing').update,
  })
  for (const table of manifest.tables) console.log(`${String(table.rows).padStart(10)}  ${tableName(table)}`)
  console.log(`Restored as it was at ${manifest.createdAt}.`)
}

await runCli(
  optionSchemas,
  main,
  'The database holds a part of the archive: run `make restore` again with FORCE=yes.',
)
