// Writes the Secrets that the manifests refer to, with random values:
//   node scripts/secrets/secrets.ts FILE NAMESPACE
// An existing file keeps its values, since Postgres keeps the passwords it was made with; what it lacks is added.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as v from 'valibot'
import { runCli } from '../cli/cli.ts'
import { UsageError } from '../cli/options.ts'
import { replaceFile } from '../cli/replace-file.ts'
import { clusterSecrets, type SecretValues, secretList } from './cluster-secrets.ts'

const SecretList = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    items: v.array(
      v.object({
        metadata: v.object({ name: v.string() }),
        stringData: v.record(v.string(), v.string()),
      }),
    ),
  }),
)

/** The Secrets of a file that this program wrote, by name. */
export function readSecretValues(file: string): SecretValues {
  const { items } = v.parse(SecretList, readFileSync(file, 'utf8'))
  return Object.fromEntries(items.map(({ metadata, stringData }) => [metadata.name, stringData]))
}

export function writeSecrets(file: string, namespace: string): void {
  const stored = existsSync(file) ? readSecretValues(file) : {}
  writeSecretValues(file, namespace, clusterSecrets(stored))
}

export function writeSecretValues(file: string, namespace: string, values: SecretValues): void {
  mkdirSync(dirname(file), { recursive: true })
  replaceFile(file, JSON.stringify(secretList(values, namespace), undefined, 2))
}

if (import.meta.main)
  await runCli({}, async (_options, [file, namespace]) => {
    if (file === undefined || namespace === undefined)
      throw new UsageError('usage: node scripts/secrets/secrets.ts FILE NAMESPACE')
    writeSecrets(file, namespace)
  })
