import { createHmac, randomBytes } from 'node:crypto'
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { PrivateJwk } from '../../functions/shared/key-set.ts'
import { root } from '../cluster/command.ts'
import { publicKeys } from '../secrets/key-rotation.ts'
import { newSigningKey } from '../secrets/signing-keys.ts'
import { findFreePort, isPortFree } from '../services/free-port.ts'
import { StartFailure } from '../services/start-failure.ts'

/** `.data` of this checkout, unless DATA_FOLDER names another one. */
export const dataFolder = resolve(root, process.env['DATA_FOLDER'] || '.data')

const Secrets = v.object({
  /** 256 bits from which all other secrets are derived, so that a new function needs no change of the file. */
  root: v.pipe(v.string(), v.minLength(43)),
  signingKey: PrivateJwk,
})

/** Returns the secret for one purpose: a password of Postgres or Redis, a variable of a function. */
export type Secrets = (purpose: string) => string

const Ports = v.object({ postgres: v.number(), redis: v.number() })
export type Ports = v.InferOutput<typeof Ports>

export const privateKeysFile = 'signing-keys.json'
export const publicKeysFile = 'jwks.json'

/** Creates `.data`, which keeps everything from one `make dev` to the next. */
export function openDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    // As root, Postgres runs as another user and must traverse the folder; secret files have their own mode.
    chmodSync(folder, 0o711)
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error
    throw new StartFailure(
      `${folder} cannot be used (${reason}): remove it, or make it a folder that you own.`,
    )
  }
}

/** Reads the secrets, generated once: the database keeps its password, and sessions outlive a restart. */
export function readSecrets(folder: string): Secrets {
  const file = join(folder, 'secrets.json')
  if (!existsSync(file)) {
    if (existsSync(join(folder, 'postgres', 'PG_VERSION'))) {
      throw new StartFailure(
        `${file} is missing, and with it the password of the database: remove ${folder} to start afresh.`,
      )
    }
    const secrets = { root: randomBytes(32).toString('base64url'), signingKey: newSigningKey() }
    writeJson(file, secrets)
  }
  const { root, signingKey } = readJson(Secrets, file, `remove ${folder} to start afresh`)
  // Written once: `make rotate-keys` adds to it.
  const keysFile = join(folder, privateKeysFile)
  if (!existsSync(keysFile)) writeJson(keysFile, { keys: [signingKey] })
  const KeySet = v.object({ keys: v.array(PrivateJwk) })
  const { keys } = readJson(KeySet, keysFile, 'remove it to begin with the first key again')
  writeJson(join(folder, publicKeysFile), { keys: publicKeys(keys) })
  return purpose => createHmac('sha256', root).update(purpose).digest('base64url')
}

/** Chooses the ports of the last start if they are known and free, so that a database tool keeps its settings. */
export async function choosePorts(folder: string): Promise<Ports> {
  const file = join(folder, 'ports.json')
  const last = existsSync(file) ? parseFile(Ports, file) : undefined
  const choose = async (port: number | undefined) =>
    port !== undefined && (await isPortFree(port)) ? port : findFreePort()
  const { postgres, redis } = last?.success ? last.output : {}
  const ports = { postgres: await choose(postgres), redis: await choose(redis) }
  writeJson(file, ports)
  return ports
}

const parseFile = <Schema extends v.GenericSchema>(schema: Schema, file: string) =>
  v.safeParse(v.pipe(v.string(), v.parseJson(), schema), readFileSync(file, 'utf8'))

function readJson<Schema extends v.GenericSchema>(schema: Schema, file: string, remedy: string) {
  const result = parseFile(schema, file)
  if (result.success) return result.output
  throw new StartFailure(`${file} is damaged: ${remedy}.`)
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
}
