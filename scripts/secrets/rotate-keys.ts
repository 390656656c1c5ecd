// Adds a signing key for access tokens; every session continues:
//   node scripts/secrets/rotate-keys.ts PRIVATE_JWKS_FILE PUBLIC_JWKS_FILE
//   ON=cluster node scripts/secrets/rotate-keys.ts   the Secrets of ENVIRONMENT (kind) and the pods that use them
//   NOW=1   for a stolen key: it ends every access token
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { PrivateJwk } from '../../functions/shared/key-set.ts'
import { runCli } from '../cli/cli.ts'
import { oneOf, text, UsageError } from '../cli/options.ts'
import { clusterOptions, requireCluster, targetOf } from '../release/target.ts'
import { replaceFile, rotateClusterKeys } from './cluster-keys.ts'
import { keySetText, publicKeys, type Rotation, rotate } from './key-rotation.ts'

const KeyFile = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ keys: v.pipe(v.array(PrivateJwk), v.minLength(1)) }),
)

const optionSchemas = { ...clusterOptions, ON: v.optional(oneOf(['cluster'])), NOW: text }

const beginner = (isStolen: boolean) => (file: string) =>
  rotate(v.parse(KeyFile, file).keys, Date.now(), isStolen ? 'now' : 'in time')

function rotateFiles(
  [privateFile, publicFile]: readonly string[],
  begin: (file: string) => Rotation,
): Rotation {
  if (privateFile === undefined || publicFile === undefined)
    throw new UsageError('usage: node scripts/secrets/rotate-keys.ts PRIVATE_FILE PUBLIC_FILE, or ON=cluster')
  const rotation = begin(readFileSync(privateFile, 'utf8'))
  // The public set precedes the private one: no token may carry a signature that nobody can verify.
  replaceFile(publicFile, keySetText(publicKeys(rotation.keys)))
  replaceFile(privateFile, keySetText(rotation.keys))
  return rotation
}

await runCli(optionSchemas, async ({ ON, NOW, ENVIRONMENT }, files) => {
  if (ON === 'cluster') await requireCluster()
  const begin = beginner(NOW !== undefined)
  const { keys, signsFrom, oldKeysRetireAt } =
    ON === 'cluster'
      ? await rotateClusterKeys(targetOf(ENVIRONMENT).namespace, begin)
      : rotateFiles(files, begin)
  console.log(`The new key ${keys.at(-1)?.kid} signs from ${signsFrom.toISOString()} on.`)
  console.log(
    `Tokens of older keys stay valid until ${oldKeysRetireAt.toISOString()}. Nothing is left to do.`,
  )
})
