import { randomBytes } from 'node:crypto'
import {
  environmentOf,
  keySetFiles,
  migrateEnvironment,
  publicKeysSecret,
  secretReferenceOf,
  type Target,
} from '../../functions/environment-of.ts'
import { passwordVariable } from '../../functions/migrate/role-names.ts'
import { functions, type RegisteredFunction } from '../../functions/registry.ts'
import type { Json } from '../manifests/json.ts'
import { type DatabaseServers, databaseServersOf, singleServer } from '../manifests/secret-references.ts'
import { aclFile, newRedisPasswords, type RedisUser } from '../services/redis-users.ts'
import { publicKeys } from './key-rotation.ts'
import { newSigningKey } from './signing-keys.ts'

type SecretData = Readonly<Record<string, string>>
export type SecretValues = Readonly<Record<string, SecretData>>

/** Random values for the Secrets of an environment's objects. */
export const randomSecrets = (objects: readonly Json[]): SecretValues =>
  clusterSecrets({}, databaseServersOf(objects))

/** The values as Kubernetes objects. */
export const secretList = (values: SecretValues, namespace: string) => ({
  apiVersion: 'v1',
  kind: 'List',
  items: Object.entries(values).map(([name, stringData]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    stringData,
  })),
})

const newRandom = () => randomBytes(32).toString('base64url')
const setOf = (keys: readonly unknown[]) => JSON.stringify({ keys })

/**
 * Returns every Secret that the manifests refer to, with the values of `stored` where it has them and random ones
 * elsewhere. What lists all functions, as the users of Redis, is written each time, so that a new function gets in.
 */
export function clusterSecrets(stored: SecretValues, servers = singleServer): SecretValues {
  const { target, ownerPassword, monitorPassword, rolePassword, redisPassword } = readCluster(stored, servers)
  const { primary, replica } = servers
  const owner = databaseUrl('postgres', ownerPassword, primary)
  const monitor = databaseUrl('iod_monitor', monitorPassword, primary)
  const made: SecretValues = {
    postgres: { username: 'postgres', password: ownerPassword },
    redis: { 'probe-password': redisPassword('iod_probe') },
    migrate: { ...migrateEnvironment(owner, rolePassword), MONITOR_DATABASE_PASSWORD: monitorPassword },
    pgbouncer: { 'databases.ini': bouncerDatabases(servers) },
    'object-store': { ACCESS_KEY_ID: newRandom(), ACCESS_SECRET_KEY: newRandom() },
    // The single server has no certificate; for any other the component postgres-tls sets the mode.
    'postgres-exporter': {
      DATA_SOURCE_NAME: replica === undefined ? `${monitor}?sslmode=disable` : monitor,
    },
    'redis-exporter': {
      REDIS_ADDR: 'redis:6379',
      REDIS_USER: 'iod_monitor',
      REDIS_PASSWORD: redisPassword('iod_monitor'),
    },
    ...Object.fromEntries(functions.map(definition => [definition.name, secretOf(definition, target)])),
    [publicKeysSecret]: { [keySetFiles['public-keys']]: target.publicKeys },
  }
  const ofAllFunctions: SecretValues = {
    redis: { 'users.acl': aclFile(redisPassword) },
    pgbouncer: {
      'userlist.txt': functions
        .map(({ databaseRole }) => `"${databaseRole}" "${rolePassword(databaseRole)}"\n`)
        .join(''),
    },
  }
  return Object.fromEntries(
    Object.entries(made).map(([name, data]) => {
      const kept = name === 'migrate' ? withoutRemoved(stored[name], data) : stored[name]
      return [name, { ...data, ...kept, ...ofAllFunctions[name] }]
    }),
  )
}

/** The migration gets no password of a function that was removed. */
const withoutRemoved = (stored: SecretData | undefined, made: SecretData): SecretData =>
  Object.fromEntries(
    Object.entries(stored ?? {}).filter(([key]) => key in made || !key.endsWith(passwordVariable(''))),
  )

/** The secret variables of a function, under their keys; what several functions have is in a Secret of its own. */
function secretOf(definition: RegisteredFunction, target: Target): SecretData {
  const entries = Object.entries(environmentOf(definition, target)).flatMap(([variable, value]) => {
    const { secret, key } = secretReferenceOf(definition, variable)
    return secret === definition.name ? [[key, value]] : []
  })
  return Object.fromEntries(entries)
}

/** Returns a cluster as a target of `environmentOf`, and the passwords of its servers. */
export function readCluster(stored: SecretValues, { forFunctions, replica } = singleServer) {
  const made = new Map<string, string>()
  const random = (secret: string, key: string) => {
    const value = stored[secret]?.[key] ?? made.get(`${secret} ${key}`) ?? newRandom()
    made.set(`${secret} ${key}`, value)
    return value
  }
  const ownerPassword = random('postgres', 'password')
  const monitorPassword = random('migrate', 'MONITOR_DATABASE_PASSWORD')
  const rolePassword = (role: string) => random('migrate', passwordVariable(nameOf(role)))
  const newRedisPassword = newRedisPasswords(newRandom)
  const redisPassword = (user: RedisUser) => storedRedisPassword(stored, user) ?? newRedisPassword(user)
  const redisUrl = (host: string) => (user: RedisUser) =>
    `redis://${user}:${redisPassword(user)}@${host}:6379`
  const key = newSigningKey()
  const target: Target = {
    settings: {},
    databaseUrl: role => databaseUrl(role, rolePassword(role), forFunctions),
    ...(replica !== undefined && {
      databaseReadUrl: role => databaseUrl(role, rolePassword(role), forFunctions, readDatabase),
    }),
    redisUrl: redisUrl('redis'),
    redisCacheUrl: redisUrl('redis-cache'),
    privateKeys: stored['auth']?.[keySetFiles['private-keys']] ?? setOf([key]),
    publicKeys: stored[publicKeysSecret]?.[keySetFiles['public-keys']] ?? setOf(publicKeys([key])),
    random,
  }
  return { target, ownerPassword, monitorPassword, rolePassword, redisPassword }
}

/** PgBouncer's name for `iod` on the replicas. */
const readDatabase = 'iod_ro'

const bouncerServer = (server: string) => server.replace(/^(.+):(\d+)$/, 'host=$1 port=$2')

const bouncerDatabases = ({ primary, replica }: DatabaseServers) =>
  ['[databases]', `iod = ${bouncerServer(primary)}`]
    .concat(replica === undefined ? [] : `${readDatabase} = ${bouncerServer(replica)} dbname=iod`)
    .map(line => `${line}\n`)
    .join('')

const nameOf = (role: string) => role.replace('iod_', '')

const databaseUrl = (role: string, password: string, server: string, database = 'iod') =>
  `postgres://${role}:${password}@${server}/${database}`

function storedRedisPassword(stored: SecretValues, user: RedisUser): string | undefined {
  if (user === 'iod_monitor') return stored['redis-exporter']?.['REDIS_PASSWORD']
  if (user === 'iod_probe') return stored['redis']?.['probe-password']
  const url = stored[nameOf(user)]?.['REDIS_URL']
  return url === undefined ? undefined : new URL(url).password
}
