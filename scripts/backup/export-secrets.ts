// `make export-secrets`: writes what a backup lacks, encrypted (age).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import * as v from 'valibot'
import { runCli } from '../cli/cli.ts'
import { existingFile, type Options, text, UsageError } from '../cli/options.ts'
import { root } from '../cluster/command.ts'
import { dataFolder } from '../dev/data-folder.ts'
import { placeOf, placeOptions, requireCluster, type Target, targetOf } from '../release/target.ts'
import { seal, unseal } from './sealed-file.ts'
import {
  ExportedSecrets,
  readClusterSecrets,
  readDevSecrets,
  writeClusterSecrets,
  writeDevSecrets,
} from './secrets.ts'

const passphraseOptions = { ...placeOptions, PASSPHRASE: text }
const exportOptions = { ...passphraseOptions, TO: text, RECIPIENT: text }
const importOptions = {
  ...passphraseOptions,
  FROM: existingFile(': the file of `make export-secrets`'),
  IDENTITY: v.optional(existingFile('')),
}

/** Returns the cluster whose Secrets they are; undefined for those of `make dev`. */
function clusterOf(options: Options<typeof placeOptions>): Target | undefined {
  const { kind, environment } = placeOf(options)
  if (kind === 'url') throw new UsageError('Secrets are those of `make dev` or of a cluster.')
  return kind === 'cluster' ? targetOf(environment) : undefined
}

async function exportSecrets(options: Options<typeof exportOptions>): Promise<void> {
  const target = clusterOf(options)
  const file = resolve(root, options.TO ?? join('backups', `${target?.environment ?? 'dev'}-secrets.age`))
  // It may be the only copy of keys that have been replaced since.
  if (existsSync(file))
    throw new UsageError(`${file} is there already: move it away, or name another by TO=….`)
  if (target !== undefined) await requireCluster(target.environment)
  const secrets = target === undefined ? readDevSecrets(dataFolder) : await readClusterSecrets(target)
  const sealed = await seal(JSON.stringify(secrets), {
    passphrase: options.PASSPHRASE,
    recipient: options.RECIPIENT,
  })
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, sealed, { flag: 'wx', mode: 0o600 })
  console.log(`${file}: anyone who can open it can sign in as any user.`)
}

function readIdentity(file: string): string {
  const [identity] = /^AGE-SECRET-KEY-.+$/m.exec(readFileSync(file, 'utf8')) ?? []
  if (identity === undefined) throw new UsageError(`${file} has no age key, AGE-SECRET-KEY-….`)
  return identity
}

async function importSecrets(options: Options<typeof importOptions>): Promise<void> {
  const target = clusterOf(options)
  const identityFile = options.IDENTITY
  const opened = await unseal(readFileSync(options.FROM), {
    passphrase: options.PASSPHRASE,
    identity: identityFile === undefined ? undefined : readIdentity(identityFile),
  })
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), ExportedSecrets), opened)
  // A message about the fault would repeat what is in the file.
  if (!read.success) throw new UsageError(`${options.FROM} is no file of \`make export-secrets\`.`)
  const secrets = read.output
  if (secrets.of === 'dev' && target === undefined) writeDevSecrets(dataFolder, secrets.files)
  else if (secrets.of === 'cluster' && target !== undefined)
    await writeClusterSecrets(target, secrets.secrets)
  else
    throw new UsageError(
      `these are the Secrets of ${secrets.of === 'dev' ? '`make dev`' : 'a cluster: add ON=cluster'}.`,
    )
  console.log('The Secrets are in place.')
}

if (process.argv.includes('--import')) await runCli(importOptions, importSecrets)
else await runCli(exportOptions, exportSecrets)
