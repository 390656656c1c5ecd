import { randomBytes, randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importJWK, SignJWT } from 'jose'
import { migrate } from '../../functions/migrate/migrate.ts'
import { readMigrations } from '../../functions/migrate/migrations.ts'
import {
  accessTokenAlgorithm,
  accessTokenLifetimeSeconds,
  accessTokenType,
} from '../../functions/shared/access-token.ts'
import type { AccountId } from '../../functions/shared/ids.ts'
import { createLog } from '../../functions/shared/log.ts'
import { findFreePort } from '../services/free-port.ts'
import { createDatabase, startPostgres } from '../services/postgres.ts'
import { startRedis } from '../services/redis.ts'
import { findRedis } from '../services/redis-program.ts'
import { newRedisPasswords, redisUsers } from '../services/redis-users.ts'
import { newSigningKey } from '../signing-keys.ts'

const root = join(import.meta.dirname, '..', '..')

/** PostgreSQL and Redis of one run, in a temporary folder, with the settings they have in production. */
export interface Services extends AsyncDisposable {
  readonly folder: string
  /** Makes the database, brings it to the current schema, and gives its owner's URL. */
  createDatabase(name: string): Promise<string>
  /** An access token as auth would give it. */
  signToken(accountId: AccountId): Promise<string>
  /** Everything that a function reads from its environment. */
  environment(name: string, database: string): Readonly<Record<string, string>>
}

/** Those of the image, so that what is measured here is what runs there. */
const nodeOptions =
  /^ENV NODE_OPTIONS="(.*)"$/m.exec(readFileSync(join(root, 'functions/Dockerfile'), 'utf8'))?.[1] ?? ''

const publicUrl = 'http://localhost'
const newSecret = () => randomBytes(32).toString('base64url')

export async function startServices(): Promise<Services> {
  const tell = (line: string) => void process.stderr.write(`${line}\n`)
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'iod-performance-')))
  // Postgres runs as another user when we are root, and has to pass through.
  chmodSync(folder, 0o711)
  const onOutput = () => undefined
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    port: await findFreePort(),
    password: newSecret(),
    settings: ['shared_buffers=512MB', 'max_wal_size=4GB'],
    removeWhenStopped: [],
    onOutput,
  })
  const redis = await startRedis({
    program: findRedis(tell),
    folder: join(folder, 'redis'),
    port: await findFreePort(),
    passwordOf: newRedisPasswords(newSecret),
    settings: ['save ""'],
    removeWhenStopped: [],
    onOutput,
  })
  const rolePasswords = { iod_auth: newSecret(), iod_profile: newSecret(), iod_posts: newSecret() }
  const signingKey = newSigningKey()
  const keySet = JSON.stringify({ keys: [signingKey] })
  const secrets = { PASSWORD_PEPPER: newSecret(), CURSOR_SECRET: newSecret() }
  const cache = join(folder, 'compile-cache')
  mkdirSync(cache)

  return {
    folder,
    async createDatabase(name) {
      await createDatabase(postgres.url('postgres'), name)
      await migrate({
        databaseUrl: postgres.url(name),
        rolePasswords,
        migrations: readMigrations(join(root, 'functions')),
        log: createLog('migrate', 'error'),
      })
      return postgres.url(name)
    },
    async signToken(accountId) {
      const key = await importJWK(signingKey, accessTokenAlgorithm)
      return new SignJWT({ sid: randomUUID(), role: 'user' })
        .setProtectedHeader({ alg: accessTokenAlgorithm, typ: accessTokenType, kid: signingKey.kid })
        .setIssuer(publicUrl)
        .setAudience(publicUrl)
        .setSubject(accountId)
        .setIssuedAt()
        .setExpirationTime(`${accessTokenLifetimeSeconds}s`)
        .sign(key)
    },
    environment(name, database) {
      const url = new URL(postgres.url(database))
      const password = Object.entries(rolePasswords).find(([role]) => role === `iod_${name}`)?.[1]
      url.username = `iod_${name}`
      url.password = password ?? ''
      const redisUser = redisUsers.find(user => user === `iod_${name}`)
      if (redisUser === undefined) throw new Error(`${name} has no Redis user`)
      return {
        PATH: process.env['PATH'] ?? '',
        NODE_ENV: 'production',
        NODE_OPTIONS: nodeOptions,
        NODE_COMPILE_CACHE: cache,
        PORT: '0',
        DATABASE_URL: url.href,
        REDIS_URL: redis.urlOf(redisUser),
        PUBLIC_URL: publicUrl,
        JWKS: keySet,
        JWT_SIGNING_KEYS: keySet,
        ...secrets,
        // 8 clients log in without a pause from one address.
        SIGN_IN_LIMIT_PER_MINUTE: '0',
        ACCOUNT_LIMITS: 'off',
      }
    },
    async [Symbol.asyncDispose]() {
      await redis.stop()
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
