// `make backup`: writes backups/iod-<target>-<time>.tar.zst and removes the oldest of its kind.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { archiveFile, openArchive, writeArchive } from '../../functions/backup/archive.ts'
import { archiveNameOf, replacedArchives } from '../../functions/backup/archive-names.ts'
import { checkArchive } from '../../functions/backup/check.ts'
import { dump } from '../../functions/backup/dump.ts'
import { readDatabase } from '../../functions/migrate/config.ts'
import manifest from '../../package.json' with { type: 'json' }
import { runCli } from '../cli/cli.ts'
import { type Options, textOr, wholeNumberBetween } from '../cli/options.ts'
import { createProgress } from '../cli/progress.ts'
import { root } from '../cluster/command.ts'
import { placeOf, placeOptions } from '../release/target.ts'
import { openTarget } from './target.ts'

const { version } = manifest

const optionSchemas = { ...placeOptions, TO: textOr('backups'), KEEP: wholeNumberBetween(1, 1_000, 7) }

async function main(options: Options<typeof optionSchemas>): Promise<void> {
  const folder = resolve(root, options.TO)
  const keep = options.KEEP
  await using target = await openTarget(placeOf(options))
  const database = readDatabase(target.environment)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, archiveNameOf(target.name, new Date()))
  // Under another name until it is whole, and of this process alone.
  const draft = `${file}.${process.pid}.partial`
  // Also when the command is stopped.
  process.once('exit', () => rmSync(draft, { force: true }))
  const archive = writeArchive(archiveFile(draft))
  await dump({ ...database, version, archive, onProgress: createProgress('reading').update })
  await archive.finish()
  // Read again from the disk: what cannot be restored is not kept as a backup.
  const { tables } = await checkArchive(openArchive(draft))
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  renameSync(draft, file)
  console.log(
    `${file}: ${rows} rows of ${tables.length} tables, ${Math.ceil(statSync(file).size / 1_024)} KiB.`,
  )
  for (const name of replacedArchives(target.name, readdirSync(folder), basename(file), keep)) {
    rmSync(join(folder, name))
    console.log(`Removed ${name}: KEEP=${keep}.`)
  }
  console.log(
    'Signing keys, the password pepper and other Secrets are not in it: `make export-secrets` writes them.',
  )
}

await runCli(optionSchemas, main)
