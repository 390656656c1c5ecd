// Writes the Secrets that the manifests refer to, with random values:
//   node scripts/secrets.ts FILE NAMESPACE [HOST:PORT of the database for the functions: PgBouncer]
// A file that is already there is left as it is: Postgres keeps the passwords it was made with.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { aclFile, newRedisPasswords, type RedisUser } from './services/redis-users.ts'
import { newSigningKey } from './signing-keys.ts'

const random = () => randomBytes(32).toString('base64url')

function secretValues(functionsDatabase: string): Record<string, Record<string, string>> {
  const owner = random()
  const roles = { auth: random(), profile: random(), posts: random() }
  const monitor = random()
  const redisPassword = newRedisPasswords(random)
  const databaseUrl = (role: string, password: string, server = functionsDatabase) =>
    `postgres://${role}:${password}@${server}/iod`
  const userList = Object.entries(roles).map(([name, password]) => `"iod_${name}" "${password}"\n`)
  const redisUrls = (user: RedisUser) => ({
    REDIS_URL: `redis://${user}:${redisPassword(user)}@redis:6379`,
    REDIS_CACHE_URL: `redis://${user}:${redisPassword(user)}@redis-cache:6379`,
  })
  const privateKey = newSigningKey()
  const { d: _private, ...publicKey } = privateKey
  return {
    postgres: { password: owner },
    redis: { 'users.acl': aclFile(redisPassword), 'probe-password': redisPassword('iod_probe') },
    migrate: {
      DATABASE_URL: databaseUrl('postgres', owner, 'postgres:5432'),
      AUTH_DATABASE_PASSWORD: roles.auth,
      PROFILE_DATABASE_PASSWORD: roles.profile,
      POSTS_DATABASE_PASSWORD: roles.posts,
      MONITOR_DATABASE_PASSWORD: monitor,
    },
    pgbouncer: {
      'userlist.txt': userList.join(''),
      'databases.ini': '[databases]\niod = host=postgres port=5432\n',
    },
    'postgres-exporter': {
      DATA_SOURCE_NAME: `${databaseUrl('iod_monitor', monitor, 'postgres:5432')}?sslmode=disable`,
    },
    'redis-exporter': {
      REDIS_ADDR: 'redis:6379',
      REDIS_USER: 'iod_monitor',
      REDIS_PASSWORD: redisPassword('iod_monitor'),
    },
    auth: {
      DATABASE_URL: databaseUrl('iod_auth', roles.auth),
      ...redisUrls('iod_auth'),
      PASSWORD_PEPPER: random(),
      'signing-keys.json': JSON.stringify({ keys: [privateKey] }),
    },
    profile: {
      DATABASE_URL: databaseUrl('iod_profile', roles.profile),
      ...redisUrls('iod_profile'),
      CURSOR_SECRET: random(),
    },
    posts: {
      DATABASE_URL: databaseUrl('iod_posts', roles.posts),
      ...redisUrls('iod_posts'),
      CURSOR_SECRET: random(),
    },
    jwks: { 'keys.json': JSON.stringify({ keys: [publicKey] }) },
  }
}

const [file, namespace, functionsDatabase = 'postgres:5432'] = process.argv.slice(2)
if (file === undefined || namespace === undefined) {
  console.error('usage: node scripts/secrets.ts FILE NAMESPACE [HOST:PORT]')
  process.exit(2)
}
if (!existsSync(file)) {
  const items = Object.entries(secretValues(functionsDatabase)).map(([name, stringData]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    stringData,
  }))
  mkdirSync(dirname(file), { recursive: true })
  // Under another name first: a half-written file would be taken for a finished one.
  writeFileSync(`${file}.new`, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 2), {
    mode: 0o600,
  })
  renameSync(`${file}.new`, file)
}
