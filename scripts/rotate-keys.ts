// Adds a signing key for access tokens; every session continues:
//   node scripts/rotate-keys.ts PRIVATE_JWKS_FILE PUBLIC_JWKS_FILE
//   ON=cluster node scripts/rotate-keys.ts   the Secrets of ENVIRONMENT (kind) and the pods that use them
//   NOW=1   for a stolen key: it ends every access token
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { PrivateJwk } from '../functions/shared/key-set.ts'
import { readOption, runCli, UsageError } from './cli.ts'
import { replaceFile, rotateClusterKeys } from './cluster-keys.ts'
import { keySetText, publicKeys, type Rotation, rotate } from './key-rotation.ts'
import { readTarget } from './release/target.ts'

const KeyFile = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ keys: v.pipe(v.array(PrivateJwk), v.minLength(1)) }),
)

const begin = (text: string) =>
  rotate(v.parse(KeyFile, text).keys, Date.now(), readOption('NOW') === undefined ? 'in time' : 'now')

function rotateFiles([privateFile, publicFile]: readonly string[]): Rotation {
  if (privateFile === undefined || publicFile === undefined)
    throw new UsageError('usage: node scripts/rotate-keys.ts PRIVATE_FILE PUBLIC_FILE, or ON=cluster')
  const rotation = begin(readFileSync(privateFile, 'utf8'))
  // The public set precedes the private one: no token may carry a signature that nobody can verify.
  replaceFile(publicFile, keySetText(publicKeys(rotation.keys)))
  replaceFile(privateFile, keySetText(rotation.keys))
  return rotation
}

await runCli(async () => {
  const { keys, signsFrom, oldKeysRetireAt } =
    readOption('ON') === 'cluster'
      ? await rotateClusterKeys(readTarget().namespace, begin)
      : rotateFiles(process.argv.slice(2))
  console.log(`The new key ${keys.at(-1)?.kid} signs from ${signsFrom.toISOString()} on.`)
  console.log(
    `Tokens of older keys stay valid until ${oldKeysRetireAt.toISOString()}. Nothing is left to do.`,
  )
})
