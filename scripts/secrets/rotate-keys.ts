// Adds a signing key for access tokens; every session continues:
//   node scripts/secrets/rotate-keys.ts PRIVATE_JWKS_FILE PUBLIC_JWKS_FILE
//   ON=cluster or ENVIRONMENT=…   the Secrets of the cluster, by default that of `make up`, and the pods that use them
//   NOW=1   for keys that were stolen or lost: it ends every access token
import { existsSync, readFileSync } from 'node:fs'
import * as v from 'valibot'
import { PrivateJwk } from '../../functions/shared/key-set.ts'
import { runCli } from '../cli/cli.ts'
import { oneOf, UsageError } from '../cli/options.ts'
import { replaceFile } from '../cli/replace-file.ts'
import { developmentOrCluster, placeOf, requireCluster, type Target, targetOf } from '../release/target.ts'
import { podsBefore, podsOfFunctions, readKeys, replacePods, serverTimeMs } from './cluster-keys.ts'
import { keySetText, publicKeys, type Rotation, rotate, rotationInProgress } from './key-rotation.ts'

const KeyFile = v.pipe(v.string(), v.parseJson(), v.object({ keys: v.array(PrivateJwk) }))

const optionSchemas = {
  ...developmentOrCluster,
  NOW: v.optional(oneOf(['1', 'yes'])),
}

type When = 'now' | 'in time'

/** Parses a private JWKS; one that is lost is empty, where the next key signs at once. */
function parseKeys(keys: string | undefined, when: When, lost: string): readonly PrivateJwk[] {
  const read = v.safeParse(KeyFile, keys ?? keySetText([]))
  // A message about the fault would repeat a part of a key.
  if (!read.success)
    throw new UsageError('the signing keys are damaged: remove them, and NOW=1 makes new ones.')
  const known = read.output.keys
  if (known.length === 0 && when === 'in time') throw new UsageError(lost)
  return known
}

/** Rotates the keys of a cluster, and replaces the pods that use them; those that a stopped rotation has left, too. */
async function rotateCluster({ environment, namespace }: Target, when: When): Promise<Rotation> {
  await requireCluster(environment)
  const { privateKeys, rotatedAtMs, store } = await readKeys(namespace)
  const lost = `the namespace ${namespace} has lost its signing keys: NOW=1 makes a new one.`
  const keys = parseKeys(privateKeys, when, lost)
  const nowMs = await serverTimeMs(namespace)
  const begun = when === 'in time' ? rotationInProgress(keys, nowMs) : undefined
  const left = begun && rotatedAtMs ? await podsBefore(rotatedAtMs, namespace) : []
  if (begun !== undefined && left.length > 0) {
    await replacePods(left, namespace)
    console.log('The rotation that was stopped is complete.')
    return begun
  }
  const rotation = rotate(keys, nowMs, when, (await podsOfFunctions(namespace)).length)
  await store(rotation.keys, nowMs)
  await replacePods(await podsOfFunctions(namespace), namespace)
  return rotation
}

function rotateFiles([privateFile, publicFile]: readonly string[], when: When): Rotation {
  if (privateFile === undefined || publicFile === undefined)
    throw new UsageError('usage: node scripts/secrets/rotate-keys.ts PRIVATE_FILE PUBLIC_FILE, or ON=cluster')
  const lost = `there is no ${privateFile}: make dev writes it with its first start, NOW=1 replaces a lost one, or ON=cluster.`
  const text = existsSync(privateFile) ? readFileSync(privateFile, 'utf8') : undefined
  const rotation = rotate(parseKeys(text, when, lost), Date.now(), when)
  // The public set precedes the private one: no token may carry a signature that nobody can verify.
  replaceFile(publicFile, keySetText(publicKeys(rotation.keys)))
  replaceFile(privateFile, keySetText(rotation.keys))
  return rotation
}

await runCli(
  optionSchemas,
  async (options, files) => {
    const when = options.NOW === undefined ? 'in time' : 'now'
    const { kind, environment } = placeOf(options)
    const { keys, signsFrom, oldKeysRetireAt } =
      kind === 'cluster' ? await rotateCluster(targetOf(environment), when) : rotateFiles(files, when)
    console.log(`The new key ${keys.at(-1)?.kid} signs from ${signsFrom.toISOString()} on.`)
    console.log(
      `Tokens of older keys stay valid until ${oldKeysRetireAt.toISOString()}. Nothing is left to do.`,
    )
  },
  'Run it again: it replaces the pods that still have the older keys.',
)
