// A new key for access tokens, without anyone being logged out:
//   node scripts/rotate-keys.ts PRIVATE_JWKS_FILE PUBLIC_JWKS_FILE [--now]
//   node scripts/rotate-keys.ts --cluster [--now]      the Secrets of the namespace, by kubectl
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { PrivateJwk } from '../functions/shared/key-set.ts'
import { publicKeys, type Rotation, RotationRefused, rotate } from './key-rotation.ts'

const KeyFile = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ keys: v.pipe(v.array(PrivateJwk), v.minLength(1)) }),
)
const setOf = (keys: readonly unknown[]) => JSON.stringify({ keys })

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { cluster: { type: 'boolean', default: false }, now: { type: 'boolean', default: false } },
})
const begin = (text: string) =>
  rotate(v.parse(KeyFile, text).keys, Date.now(), values.now ? 'now' : 'in time')

/** Under another name first: whoever watches the file never reads half of it. */
function write(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

function rotateFiles(privateFile: string, publicFile: string): Rotation {
  const rotation = begin(readFileSync(privateFile, 'utf8'))
  // The public set first: no token may be signed with a key that nobody has.
  write(publicFile, setOf(publicKeys(rotation.keys)))
  write(privateFile, setOf(rotation.keys))
  return rotation
}

const namespace = process.env['NAMESPACE'] ?? 'iod'
/** Beside its KUBECONFIG `make up` keeps what it made the Secrets from, and applies that again with each run. */
const localSecrets = join(dirname(process.env['KUBECONFIG'] ?? ''), 'secrets.json')

/** Values go through stdin: arguments can be read by every process of the machine. */
const kubectl = (args: readonly string[], input = '') =>
  execFileSync('kubectl', ['-n', namespace, ...args], {
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
  })

function patchSecret(name: string, key: string, value: string): void {
  const patch = JSON.stringify({ data: { [key]: Buffer.from(value).toString('base64') } })
  kubectl(['patch', 'secret', name, '--type=merge', '--patch-file=/dev/stdin'], patch)
}

const SecretList = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({
    items: v.array(
      v.looseObject({
        metadata: v.looseObject({ name: v.string() }),
        stringData: v.record(v.string(), v.string()),
      }),
    ),
  }),
)

function keepInLocalSecrets(values: Readonly<Record<string, Readonly<Record<string, string>>>>): void {
  const list = v.parse(SecretList, readFileSync(localSecrets, 'utf8'))
  const items = list.items.map(item => ({
    ...item,
    stringData: { ...item.stringData, ...values[item.metadata.name] },
  }))
  write(localSecrets, JSON.stringify({ ...list, items }, undefined, 2))
}

function rotateCluster(): Rotation {
  const encoded = kubectl(['get', 'secret', 'auth', '-o', 'jsonpath={.data.signing-keys\\.json}'])
  const rotation = begin(Buffer.from(encoded, 'base64').toString())
  const values = {
    jwks: { 'keys.json': setOf(publicKeys(rotation.keys)) },
    auth: { 'signing-keys.json': setOf(rotation.keys) },
  }
  if (existsSync(localSecrets)) keepInLocalSecrets(values)
  patchSecret('jwks', 'keys.json', values.jwks['keys.json'])
  patchSecret('auth', 'signing-keys.json', values.auth['signing-keys.json'])
  return rotation
}

const [privateFile, publicFile] = positionals
try {
  if (!values.cluster && (privateFile === undefined || publicFile === undefined)) {
    throw new RotationRefused(
      'usage: node scripts/rotate-keys.ts PRIVATE_FILE PUBLIC_FILE | --cluster [--now]',
    )
  }
  const rotation = values.cluster ? rotateCluster() : rotateFiles(privateFile ?? '', publicFile ?? '')
  console.log(`The new key ${rotation.keys.at(-1)?.kid} signs from ${rotation.signsFrom.toISOString()} on;`)
  console.log(
    `what older keys signed is good until ${rotation.oldKeysRetireAt.toISOString()}. Nothing is left to do.`,
  )
} catch (error) {
  if (!(error instanceof RotationRefused)) throw error
  console.error(error.message)
  process.exitCode = 1
}
