// A new key for access tokens, without anyone being logged out:
//   node scripts/rotate-keys.ts PRIVATE_JWKS_FILE PUBLIC_JWKS_FILE [--now]
//   node scripts/rotate-keys.ts --cluster [--now]      the Secrets of the namespace and the pods that have them, by kubectl
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { PrivateJwk } from '../functions/shared/key-set.ts'
import { rotateClusterKeys } from './cluster-keys.ts'
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

const [privateFile, publicFile] = positionals
try {
  if (!values.cluster && (privateFile === undefined || publicFile === undefined)) {
    throw new RotationRefused(
      'usage: node scripts/rotate-keys.ts PRIVATE_FILE PUBLIC_FILE | --cluster [--now]',
    )
  }
  const rotation = values.cluster
    ? await rotateClusterKeys(begin)
    : rotateFiles(privateFile ?? '', publicFile ?? '')
  console.log(`The new key ${rotation.keys.at(-1)?.kid} signs from ${rotation.signsFrom.toISOString()} on;`)
  console.log(
    `what older keys signed is good until ${rotation.oldKeysRetireAt.toISOString()}. Nothing is left to do.`,
  )
} catch (error) {
  if (!(error instanceof RotationRefused)) throw error
  console.error(error.message)
  process.exitCode = 1
}
