import { execFileSync } from 'node:child_process'
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import {
  environmentOf,
  migrateEnvironment,
  type Target,
  type Variables,
} from '../../functions/environment-of.ts'
import { type FunctionName, functions } from '../../functions/registry.ts'
import { type AccountId, SessionIdSchema } from '../../functions/shared/ids.ts'
import { root } from '../cluster/command.ts'
import { createTestTokens } from '../secrets/access-tokens.ts'
import { findFreePort } from '../services/free-port.ts'
import { createDatabase, startPostgres } from '../services/postgres.ts'
import { startRedis } from '../services/redis.ts'
import { requireRedis } from '../services/redis-program.ts'
import { cpuMsOfChildren } from './cpu-time.ts'

/** A migrated database, and what the functions read from their environment to work on it. */
export interface Database {
  readonly ownerUrl: string
  environmentOf(name: FunctionName): Variables
}

/** PostgreSQL and Redis of one run, in a temporary folder, with the durability that they have in production. */
export type Services = Awaited<ReturnType<typeof startServices>>

const publicUrl = 'http://localhost'
const tokens = createTestTokens({ issuer: publicUrl, audience: publicUrl })
const runSecret = randomBytes(32)
const secretOf = (owner: string, variable = 'Postgres') =>
  createHmac('sha256', runSecret).update(`${owner} ${variable}`).digest('base64url')

const dockerfile = readFileSync(join(root, 'functions/Dockerfile'), 'utf8')
/** What every process under measurement has, with Node's options of the image. */
export const processEnvironment = {
  PATH: process.env['PATH'] ?? '',
  NODE_ENV: 'production',
  NODE_OPTIONS: /^ENV NODE_OPTIONS="(.*)"$/m.exec(dockerfile)?.[1] ?? '',
}

export async function startServices() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'iod-performance-')))
  // As root, Postgres runs under another account, which has to pass through the folder.
  chmodSync(folder, 0o711)
  const postgres = await startPostgres({
    password: secretOf('postgres'),
    folder: join(folder, 'postgres'),
    port: await findFreePort(),
    settings: ['shared_buffers=512MB', 'max_wal_size=4GB'],
  })
  const redis = await startRedis({
    passwordOf: user => secretOf(user, 'Redis'),
    program: requireRedis(line => void process.stderr.write(`${line}\n`)),
    folder: join(folder, 'redis'),
    port: await findFreePort(),
    settings: ['save ""'],
  })
  const postmaster = Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n', 1)[0])
  let redisDatabases = 0

  /** Creates a database with the schema of the build in `distFolder`, and a Redis database for it. */
  async function createMigratedDatabase(name: string, distFolder: string): Promise<Database> {
    await createDatabase(postgres.url('postgres'), name)
    const env = { ...processEnvironment, ...migrateEnvironment(postgres.url(name), secretOf) }
    execFileSync(process.execPath, [join(distFolder, 'migrate/main.cjs')], { env, stdio: 'pipe' })
    const redisDatabase = redisDatabases++
    const { host } = new URL(postgres.url(name))
    const privateKey = { ...tokens.privateKey.export({ format: 'jwk' }), ...tokens.jwk }
    const target: Target = {
      settings: {
        ...{ PORT: '0', PUBLIC_URL: publicUrl, LOG_LEVEL: 'info' },
        // Load comes from one address and from few accounts.
        ...{ SIGN_IN_LIMIT_PER_MINUTE: '0', ACCOUNT_LIMITS: 'off' },
      },
      databaseUrl: role => `postgres://${role}:${secretOf(role)}@${host}/${name}`,
      redisUrl: role => redis.urlOf(role, redisDatabase),
      privateKeys: JSON.stringify({ keys: [privateKey] }),
      publicKeys: JSON.stringify({ keys: [tokens.jwk] }),
      random: secretOf,
    }
    const environments = Object.fromEntries(
      functions.map(definition => [definition.name, environmentOf(definition, target)]),
    )
    return {
      ownerUrl: postgres.url(name),
      environmentOf: owner => ({ ...processEnvironment, ...environments[owner] }),
    }
  }

  return {
    folder,
    createDatabase: createMigratedDatabase,
    /** CPU time of all connections of PostgreSQL so far, in milliseconds; NaN without /proc. */
    databaseCpuMs: () => cpuMsOfChildren(postmaster),
    async signToken(accountId: AccountId) {
      return tokens.sign({ accountId, sessionId: v.parse(SessionIdSchema, randomUUID()), role: 'user' })
    },
    async [Symbol.asyncDispose]() {
      await redis.stop()
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
