// Writes the Secrets that the manifests refer to, with random values:
//   node scripts/secrets/secrets.ts FILE NAMESPACE
// An existing file keeps its values, since Postgres keeps the passwords it was made with; what it lacks is added.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as v from 'valibot'
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

export function writeSecrets(file: string, namespace: string, functionsDatabase = 'postgres:5432'): void {
  const stored = existsSync(file) ? readSecretValues(file) : {}
  writeSecretValues(file, namespace, clusterSecrets(functionsDatabase, stored))
}

export function writeSecretValues(file: string, namespace: string, values: SecretValues): void {
  mkdirSync(dirname(file), { recursive: true })
  // Under another name first: a half-written file would be taken for a finished one.
  const text = JSON.stringify(secretList(values, namespace), undefined, 2)
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

if (import.meta.main) {
  const [file, namespace] = process.argv.slice(2)
  if (file === undefined || namespace === undefined) {
    console.error('usage: node scripts/secrets/secrets.ts FILE NAMESPACE')
    process.exit(2)
  }
  writeSecrets(file, namespace)
}
