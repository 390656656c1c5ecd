import { randomBytes } from 'node:crypto'
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { PrivateJwk } from '../../functions/shared/key-set.ts'
import { publicKeys } from '../key-rotation.ts'
import { findFreePort, isPortFree } from '../services/free-port.ts'
import { StartFailure } from '../services/start-failure.ts'
import { newSigningKey } from '../signing-keys.ts'

const Secrets = v.object({
  postgresPassword: v.string(),
  redisPassword: v.string(),
  rolePasswords: v.object({ auth: v.string(), profile: v.string(), posts: v.string() }),
  passwordPepper: v.string(),
  cursorSecret: v.string(),
  signingKey: PrivateJwk,
})
export type Secrets = v.InferOutput<typeof Secrets>

const Ports = v.object({ postgres: v.number(), redis: v.number() })
export type Ports = v.InferOutput<typeof Ports>

/** `.data`: everything that stays from one `make dev` to the next. */
export function openDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    // Postgres runs as another user when we are root, and has to pass through; what is secret has its own mode.
    chmodSync(folder, 0o711)
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error
    throw new StartFailure(`${folder} cannot be used (${reason}): remove it, or make it a folder of yours.`)
  }
}

const newSecret = () => randomBytes(32).toString('base64url')

/** Made once: the database remembers its password, and everyone stays logged in from one start to the next. */
export function readSecrets(folder: string): Secrets {
  const file = join(folder, 'secrets.json')
  if (!existsSync(file)) {
    if (existsSync(join(folder, 'postgres', 'PG_VERSION'))) {
      throw new StartFailure(
        `${file} is gone, and with it the password of the data: remove ${folder} to start afresh.`,
      )
    }
    writeSecrets(file)
  }
  const secrets = readJson(Secrets, file, folder)
  // Written once: `make rotate-keys` adds to it.
  const keysFile = join(folder, 'signing-keys.json')
  if (!existsSync(keysFile)) writeJson(keysFile, { keys: [secrets.signingKey] })
  const { keys } = readJson(v.object({ keys: v.array(PrivateJwk) }), keysFile, folder)
  writeJson(join(folder, 'jwks.json'), { keys: publicKeys(keys) })
  return secrets
}

function writeSecrets(file: string): void {
  const secrets: Secrets = {
    postgresPassword: newSecret(),
    redisPassword: newSecret(),
    rolePasswords: { auth: newSecret(), profile: newSecret(), posts: newSecret() },
    passwordPepper: newSecret(),
    cursorSecret: newSecret(),
    signingKey: newSigningKey(),
  }
  writeJson(file, secrets)
}

/** The ports of the last time where they are free, so that a database tool need not be told anew each time. */
export async function choosePorts(folder: string): Promise<Ports> {
  const file = join(folder, 'ports.json')
  const last = existsSync(file) ? readJson(Ports, file, folder) : undefined
  const choose = async (port: number | undefined) =>
    port !== undefined && (await isPortFree(port)) ? port : findFreePort()
  const ports = { postgres: await choose(last?.postgres), redis: await choose(last?.redis) }
  writeJson(file, ports)
  return ports
}

function readJson<Schema extends v.GenericSchema>(schema: Schema, file: string, folder: string) {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), readFileSync(file, 'utf8'))
  if (result.success) return result.output
  throw new StartFailure(`${file} is damaged: remove ${folder} to start afresh.`)
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
}
