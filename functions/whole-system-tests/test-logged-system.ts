// All functions as processes, with servers that log as much as they can.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { newSigningKey } from '../../scripts/secrets/signing-keys.ts'
import { createDatabase } from '../../scripts/services/postgres.ts'
import { createTestSmtp } from '../auth/test-smtp.ts'
import { environmentOf, type Target } from '../environment-of.ts'
import { migrate } from '../migrate/migrate.ts'
import { readMigrations } from '../migrate/migrations.ts'
import { byRole, functions } from '../registry.ts'
import { createLog } from '../shared/log.ts'
import { startFunction } from '../shared/testing/function-process.ts'
import { createPostgresServer } from '../shared/testing/postgres-server.ts'
import { createRedisServer } from '../shared/testing/redis-server.ts'
import { unreachableTarget } from '../unreachable-target.ts'

export const newSecret = () => randomBytes(12).toString('hex')
export const rolePasswords = byRole(newSecret)
// Each statement is logged as text: values belong into parameters, which Postgres is told to leave out.
let postgresLog = ''
export const server = await createPostgresServer(
  ['log_statement=all', 'log_parameter_max_length=0'],
  text => {
    postgresLog += text
  },
)
await createDatabase(server.url('postgres'), 'iod')
await migrate({
  databaseUrl: server.url('iod'),
  rolePasswords,
  migrations: readMigrations(join(import.meta.dirname, '..')),
  log: createLog('migrate', 'error'),
})
let redisLog = ''
export const redis = await createRedisServer(['loglevel debug'], text => {
  redisLog += text
})
const { config: smtp, emailTo } = await createTestSmtp()
const signingKey = newSigningKey()
const { d: privatePart, ...publicKey } = signingKey
export const pepper = randomBytes(32).toString('base64url')
const target: Target = {
  ...unreachableTarget,
  settings: {
    ...unreachableTarget.settings,
    LOG_LEVEL: 'debug',
    SMTP_URL: smtp.url,
    MAIL_FROM: smtp.from,
    MAIL_LINK_URL: smtp.linkUrl,
    SIGN_IN_LIMIT_PER_MINUTE: '0',
    ACCOUNT_LIMITS: 'off',
  },
  databaseUrl: role => `postgres://${role}:${rolePasswords[role]}@127.0.0.1:${server.port}/iod`,
  redisUrl: role => redis.urlOf(role),
  privateKeys: JSON.stringify({ keys: [signingKey] }),
  publicKeys: JSON.stringify({ keys: [publicKey] }),
  random: () => pepper,
}
const processes = await Promise.all(
  functions.map(async one => ({
    ...one,
    process: await startFunction(one.name, environmentOf(one, target)),
  })),
)

export const originOf = (path: string) =>
  `http://127.0.0.1:${processes.find(({ name }) => name === path.split(/[/?]/)[1])?.process.port}`

export const linesOfLogs = (): readonly string[] => [
  ...processes.flatMap(({ process }) => process.lines),
  ...postgresLog.split('\n'),
  ...redisLog.split('\n'),
]

export const redisOutput = (): string => redisLog

export { emailTo, privatePart }
