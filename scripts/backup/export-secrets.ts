// `make export-secrets`: writes what a backup lacks, encrypted (age).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import * as v from 'valibot'
import { readOption, runCli, UsageError } from '../cli.ts'
import { root } from '../cluster/command.ts'
import { dataFolder } from '../dev/data-folder.ts'
import { readTarget, requireCluster } from '../release/target.ts'
import { seal, unseal } from './sealed-file.ts'
import {
  ExportedSecrets,
  readClusterSecrets,
  readDevSecrets,
  writeClusterSecrets,
  writeDevSecrets,
} from './secrets.ts'
import { readPlace } from './target.ts'

function isOfCluster(): boolean {
  const place = readPlace()
  if (place === 'url') throw new UsageError('Secrets are those of `make dev` or of a cluster.')
  return place === 'cluster'
}

async function exportSecrets(): Promise<void> {
  const target = isOfCluster() ? readTarget() : undefined
  if (target !== undefined) await requireCluster()
  const secrets = target === undefined ? readDevSecrets(dataFolder) : await readClusterSecrets(target)
  const file = resolve(
    root,
    readOption('TO') ?? join('backups', `${target?.environment ?? 'dev'}-secrets.age`),
  )
  const sealed = await seal(JSON.stringify(secrets), {
    passphrase: readOption('PASSPHRASE'),
    recipient: readOption('RECIPIENT'),
  })
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, sealed, { mode: 0o600 })
  console.log(`${file}: anyone who can open it can sign in as any user.`)
}

async function importSecrets(): Promise<void> {
  const from = readOption('FROM')
  if (from === undefined) throw new UsageError('FROM names the file of `make export-secrets`.')
  const identityFile = readOption('IDENTITY')
  const text = await unseal(readFileSync(from), {
    passphrase: readOption('PASSPHRASE'),
    identity: identityFile && /^AGE-SECRET-KEY-.+$/m.exec(readFileSync(identityFile, 'utf8'))?.[0],
  })
  const secrets = v.parse(ExportedSecrets, JSON.parse(text))
  const isCluster = isOfCluster()
  if (secrets.of === 'dev' && !isCluster) writeDevSecrets(dataFolder, secrets.files)
  else if (secrets.of === 'cluster' && isCluster) await writeClusterSecrets(readTarget(), secrets.secrets)
  else
    throw new UsageError(
      `these are the Secrets of ${secrets.of === 'dev' ? '`make dev`' : 'a cluster: add ON=cluster'}.`,
    )
  console.log('The Secrets are in place.')
}

await runCli(process.argv.includes('--import') ? importSecrets : exportSecrets)
