import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { variables as authVariables } from '../../functions/auth/config.ts'
import { variables as postsVariables } from '../../functions/posts/config.ts'
import { variables as profileVariables } from '../../functions/profile/config.ts'
import { redisUrl } from '../services/redis.ts'
import { redisPasswordsFrom } from '../services/redis-users.ts'
import { StartFailure } from '../services/start-failure.ts'
import type { Ports, Secrets } from './data-folder.ts'

export const functionNames = ['auth', 'profile', 'posts'] as const
export type FunctionName = (typeof functionNames)[number]

type Variables = Readonly<Record<string, string>>

/** What each function reads. */
export const variablesOf: Readonly<Record<FunctionName, readonly string[]>> = {
  auth: Object.keys(authVariables),
  profile: Object.keys(profileVariables),
  posts: Object.keys(postsVariables),
}

/**
 * The database is always the one that `make dev` runs: a DATABASE_URL that another project left in the shell would be
 * migrated, and filled.
 */
const ownVariables = ['DATABASE_URL', 'PORT']

export interface EnvironmentOptions {
  /** Absolute path of `.data`. */
  readonly folder: string
  readonly secrets: Secrets
  readonly ports: Ports
  readonly port: number
  /** What the person who runs it has set, in the shell or in `.env`; comes before what is made here. */
  readonly given: Readonly<Record<string, string | undefined>>
}

/** One `.env` file per function, good for running it alone too: `node --env-file=.data/auth.env functions/auth/main.ts`. */
export function writeEnvironments({ folder, secrets, ports, port, given }: EnvironmentOptions): void {
  const database = (user: string, password: string) =>
    `postgres://${user}:${password}@127.0.0.1:${ports.postgres}/iod`
  const redisPassword = redisPasswordsFrom(secrets.redisPassword)
  const common = (name: FunctionName) => ({
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${port}`,
    LOG_LEVEL: 'info',
    DATABASE_URL: database(`iod_${name}`, secrets.rolePasswords[name]),
    REDIS_URL: redisUrl({
      user: `iod_${name}`,
      password: redisPassword(`iod_${name}`),
      port: ports.redis,
    }),
  })
  const reader = { JWKS: join(folder, 'jwks.json'), CURSOR_SECRET: secrets.cursorSecret }
  const chosen = (name: FunctionName) =>
    Object.fromEntries(
      variablesOf[name]
        .filter(variable => !ownVariables.includes(variable))
        .flatMap(variable => (given[variable] === undefined ? [] : [[variable, given[variable]]])),
    )
  const environments = {
    auth: {
      ...common('auth'),
      JWT_SIGNING_KEYS: join(folder, 'signing-keys.json'),
      PASSWORD_PEPPER: secrets.passwordPepper,
      // Mails are printed among the logs.
      SMTP_URL: 'console:',
      ...chosen('auth'),
    },
    profile: { ...common('profile'), ...reader, ...chosen('profile') },
    posts: { ...common('posts'), ...reader, ...chosen('posts') },
    migrate: {
      DATABASE_URL: database('postgres', secrets.postgresPassword),
      AUTH_DATABASE_PASSWORD: secrets.rolePasswords.auth,
      PROFILE_DATABASE_PASSWORD: secrets.rolePasswords.profile,
      POSTS_DATABASE_PASSWORD: secrets.rolePasswords.posts,
    },
  }
  for (const [name, variables] of Object.entries(environments)) write(folder, name, variables)
}

function write(folder: string, name: string, variables: Variables): void {
  const lines = Object.entries(variables).map(([variable, value]) => `${variable}=${quoted(value)}\n`)
  writeFileSync(join(folder, `${name}.env`), lines.join(''), { mode: 0o600 })
}

export const readEnvironment = (folder: string, name: FunctionName | 'migrate') =>
  parseEnv(readFileSync(join(folder, `${name}.env`), 'utf8'))

/** In whichever quotes the value does not have; `parseEnv` knows no escapes in them. */
function quoted(value: string): string {
  const quote = ["'", '"', '`'].find(candidate => !value.includes(candidate))
  if (quote === undefined) throw new StartFailure('A variable has all three kinds of quotes in it.')
  return `${quote}${value}${quote}`
}

/** The shell's variables before those of `.env`, as in Node's own `--env-file`. */
export function readGiven(root: string): Readonly<Record<string, string | undefined>> {
  const file = join(root, '.env')
  return { ...(existsSync(file) && parseEnv(readFileSync(file, 'utf8'))), ...process.env }
}
