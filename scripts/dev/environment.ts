import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Ports, Secrets } from './data-folder.ts'

export const functionNames = ['auth', 'profile', 'posts'] as const
export type FunctionName = (typeof functionNames)[number]

type Variables = Readonly<Record<string, string>>

export interface EnvironmentOptions {
  /** Absolute path of `.data`. */
  readonly folder: string
  readonly secrets: Secrets
  readonly ports: Ports
  readonly port: number
  readonly logLevel: string
}

/** One `.env` file per function, good for running it alone too: `node --env-file=.data/auth.env functions/auth/main.ts`. */
export function writeEnvironments({ folder, secrets, ports, port, logLevel }: EnvironmentOptions): void {
  const database = (user: string, password: string) =>
    `postgres://${user}:${password}@127.0.0.1:${ports.postgres}/iod`
  const common = (name: FunctionName) => ({
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${port}`,
    LOG_LEVEL: logLevel,
    DATABASE_URL: database(`iod_${name}`, secrets.rolePasswords[name]),
    REDIS_URL: `redis://:${secrets.redisPassword}@127.0.0.1:${ports.redis}`,
  })
  const reader = { JWKS: join(folder, 'jwks.json'), CURSOR_SECRET: secrets.cursorSecret }
  const environments = {
    auth: {
      ...common('auth'),
      JWT_SIGNING_KEYS: join(folder, 'signing-keys.json'),
      PASSWORD_PEPPER: secrets.passwordPepper,
      // Mails are printed among the logs.
      SMTP_URL: 'console:',
    },
    profile: { ...common('profile'), ...reader },
    posts: { ...common('posts'), ...reader },
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
  const lines = Object.entries(variables).map(([variable, value]) => `${variable}="${value}"\n`)
  writeFileSync(join(folder, `${name}.env`), lines.join(''), { mode: 0o600 })
}

export const readEnvironment = (folder: string, name: FunctionName | 'migrate') =>
  parseEnv(readFileSync(join(folder, `${name}.env`), 'utf8'))
