import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import {
  environmentOf,
  migrateEnvironment,
  type Target,
  type Variables,
} from '../../functions/environment-of.ts'
import { type FunctionName, functions } from '../../functions/registry.ts'
import { ConfigError } from '../../functions/shared/environment.ts'
import { redisUrl } from '../services/redis.ts'
import { redisPasswordsFrom } from '../services/redis-users.ts'
import { StartFailure } from '../services/start-failure.ts'
import { type Ports, privateKeysFile, publicKeysFile, type Secrets } from './data-folder.ts'

/**
 * Never taken from the shell: `make dev` would migrate and fill the database of another project, or expect TLS of its own, which
 * has none.
 */
const ownDatabase = ['DATABASE_URL', 'DATABASE_CA']

export interface EnvironmentOptions {
  /** Absolute path of `.data`. */
  readonly folder: string
  readonly secrets: Secrets
  readonly ports: Ports
  readonly port: number
  /** Variables of the shell and of `.env`, which override the defaults. */
  readonly given: Readonly<Record<string, string | undefined>>
}

/** One `.env` file per function, which also runs it alone: `node --env-file=.data/auth.env functions/auth/main.ts`. */
export function writeEnvironments({ folder, secrets, ports, port, given }: EnvironmentOptions): void {
  const database = (user: string) => `postgres://${user}:${secrets(user)}@127.0.0.1:${ports.postgres}/iod`
  const redisPassword = redisPasswordsFrom(secrets('redis'))
  const chosen = Object.fromEntries(Object.entries(given).filter(([name]) => !ownDatabase.includes(name)))
  const target: Target = {
    settings: {
      LOG_LEVEL: 'info',
      // Emails are printed among the logs.
      SMTP_URL: 'console:',
      ...chosen,
      PUBLIC_URL: given['PUBLIC_URL'] || `http://localhost:${port}`,
      PORT: String(port),
    },
    databaseUrl: database,
    redisUrl: user => redisUrl(user, redisPassword(user), ports.redis),
    privateKeys: join(folder, privateKeysFile),
    publicKeys: join(folder, publicKeysFile),
    random: (owner, variable) => secrets(`${owner} ${variable}`),
  }
  for (const definition of functions) write(folder, definition.name, environmentOf(definition, target))
  write(folder, 'migrate', migrateEnvironment(database('postgres'), secrets))
}

function write(folder: string, name: string, variables: Variables): void {
  const lines = Object.entries(variables).map(([variable, value]) => `${variable}=${quoted(value)}\n`)
  writeFileSync(join(folder, `${name}.env`), lines.join(''), { mode: 0o600 })
}

/** Rejects what a function would not start with, before Postgres and Redis do. */
export function requireValidEnvironments(folder: string): void {
  for (const { name, readConfig } of functions)
    try {
      readConfig(readEnvironment(folder, name))
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      throw new StartFailure(
        `${name} does not start with this ${error.message}. Correct it in the shell or in .env.`,
      )
    }
}

export const readEnvironment = (folder: string, name: FunctionName | 'migrate') =>
  parseEnv(readFileSync(join(folder, `${name}.env`), 'utf8'))

/** Chooses quotes that the value does not contain, since `parseEnv` knows no escapes. */
function quoted(value: string): string {
  const quote = ["'", '"', '`'].find(candidate => !value.includes(candidate))
  if (quote === undefined) throw new StartFailure('A variable contains all three kinds of quotes.')
  return `${quote}${value}${quote}`
}

/** Returns the names that neither `make dev`, nor a function in it or its OpenTelemetry SDK reads. */
function unknownOf(names: readonly string[]): readonly string[] {
  const known = ['SEED', 'DATA_FOLDER', ...functions.flatMap(({ variables }) => Object.keys(variables))]
  return names.filter(
    name => ownDatabase.includes(name) || !(known.includes(name) || name.startsWith('OTEL_')),
  )
}

/** Rejects such names on the command line of make. */
export function refuseUnknownOptions(names: readonly string[]): void {
  const unknown = unknownOf(names)
  if (unknown.length === 0) return
  throw new StartFailure(
    `There is no option ${unknown.join(', ')}: PORT, SEED and DATA_FOLDER are those of \`make dev\`, and README.md has the variables of the functions.`,
  )
}

/** Reads `.env`, overridden by the shell, as Node's own `--env-file` does. Tells of what has no effect there: it may be misspelt. */
export function readGiven(
  root: string,
  tell: (line: string) => void,
): Readonly<Record<string, string | undefined>> {
  const file = join(root, '.env')
  const own = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  const unread = unknownOf(Object.keys(own))
  if (unread.length > 0) tell(`\`make dev\` does not read ${unread.join(', ')} of .env.`)
  return { ...own, ...process.env }
}
