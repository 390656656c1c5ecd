import { functionNames } from '../../functions/registry.ts'
import type { SecretValues } from '../secrets/cluster-secrets.ts'

/** A provider's Postgres and Redis, in place of those in the cluster. */
export interface Provider {
  /** The owner's URL: migrations create the functions' roles with it. */
  readonly databaseUrl: URL
  readonly redisUrl: URL
}

/** Leads Secrets that were made for the servers in the cluster to those of a provider. */
export function withProvider(values: SecretValues, { databaseUrl, redisUrl }: Provider): SecretValues {
  const atProvider = (url = '') => withServer(new URL(url), databaseUrl).href
  const changed: SecretValues = {
    migrate: { DATABASE_URL: databaseUrl.href },
    pgbouncer: { 'databases.ini': `[databases]\niod = ${pgbouncerServer(databaseUrl)}\n` },
    'postgres-exporter': { DATA_SOURCE_NAME: atProvider(values['postgres-exporter']?.['DATA_SOURCE_NAME']) },
    'redis-exporter': {
      REDIS_ADDR: `${redisUrl.protocol}//${redisUrl.host}`,
      REDIS_USER: decodeURIComponent(redisUrl.username),
      REDIS_PASSWORD: decodeURIComponent(redisUrl.password),
    },
    ...Object.fromEntries(
      functionNames.map(name => {
        const url = values[name]?.['DATABASE_URL'] ?? ''
        const usesPgbouncer = new URL(url).hostname === 'pgbouncer'
        return [name, { DATABASE_URL: usesPgbouncer ? url : atProvider(url), REDIS_URL: redisUrl.href }]
      }),
    ),
  }
  return Object.fromEntries(
    Object.entries(values).map(([name, data]) => {
      // One Redis holds everything: that of the provider.
      const { REDIS_CACHE_URL: _, ...rest } = data
      return [name, { ...rest, ...changed[name] }]
    }),
  )
}

/** The same role and password at another server, with that server's database and TLS settings. */
function withServer(url: URL, server: URL): URL {
  const moved = new URL(server)
  moved.username = url.username
  moved.password = url.password
  return moved
}

/** The server of a database, as PgBouncer's `[databases]` names it. */
const pgbouncerServer = ({ hostname, port, pathname }: URL) =>
  `host=${hostname} port=${port || 5432} dbname=${pathname.slice(1)}`
