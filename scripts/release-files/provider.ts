import { functionNames } from '../../functions/registry.ts'
import type { SecretValues } from '../secrets/cluster-secrets.ts'

/** A provider's Postgres and Redis, in place of those in the cluster. */
export interface Provider {
  /** The owner's URL: migrations create the functions' roles with it. */
  readonly databaseUrl: URL
  readonly redisUrl: URL
  /** Certificates of the authority of Postgres in PEM, where no public one signed the server's. */
  readonly databaseAuthority?: string | undefined
}

/** Leads Secrets that were made for the servers in the cluster to those of a provider; functions connect to PgBouncer. */
export function withProvider(values: SecretValues, provider: Provider): SecretValues {
  const { databaseUrl, redisUrl, databaseAuthority: authority } = provider
  const ca: Readonly<Record<string, string>> = authority === undefined ? {} : { DATABASE_CA: authority }
  const file: Readonly<Record<string, string>> = authority === undefined ? {} : { [authorityFile]: authority }
  const changed: SecretValues = {
    migrate: { DATABASE_URL: databaseUrl.href, ...ca },
    pgbouncer: { 'databases.ini': pgbouncerDatabases(provider), ...file },
    'postgres-exporter': {
      DATA_SOURCE_NAME: exporterUrl(values['postgres-exporter']?.['DATA_SOURCE_NAME'], provider),
      ...file,
    },
    'redis-exporter': {
      REDIS_ADDR: `${redisUrl.protocol}//${redisUrl.host}`,
      REDIS_USER: decodeURIComponent(redisUrl.username),
      REDIS_PASSWORD: decodeURIComponent(redisUrl.password),
    },
    ...Object.fromEntries(functionNames.map(name => [name, { REDIS_URL: redisUrl.href }])),
  }
  return Object.fromEntries(
    Object.entries(values).map(([name, data]) => {
      // One Redis holds everything: that of the provider.
      const { REDIS_CACHE_URL: _, ...rest } = data
      return [name, { ...rest, ...changed[name] }]
    }),
  )
}

/** A key of the Secrets that PgBouncer and the exporter mount. */
const authorityFile = 'ca.crt'
/** Alpine and Debian both keep the public authorities here. */
const publicAuthorities = '/etc/ssl/certs/ca-certificates.crt'

/**
 * What the owner's URL means for TLS to the migration, in libpq's words: node-postgres verifies with every mode but
 * `no-verify`, also where libpq would not. Undefined where the URL asks for nothing.
 */
function tlsMode({ databaseUrl, databaseAuthority }: Provider): string | undefined {
  if (databaseAuthority !== undefined) return 'verify-full'
  const mode = databaseUrl.searchParams.get('sslmode')
  if (mode === null) return undefined
  if (mode === 'disable') return mode
  return mode === 'no-verify' ? 'require' : 'verify-full'
}

/** The end of pgbouncer.ini. TLS is a setting of all servers, so it goes to the section that is open there. */
function pgbouncerDatabases(provider: Provider): string {
  const { hostname, port, pathname } = provider.databaseUrl
  const mode = tlsMode(provider)
  const authorities =
    provider.databaseAuthority === undefined ? publicAuthorities : `/run/secrets/pgbouncer/${authorityFile}`
  return [
    ...(mode === undefined ? [] : [`server_tls_sslmode = ${mode}`]),
    ...(mode === 'verify-full' ? [`server_tls_ca_file = ${authorities}`] : []),
    '[databases]',
    `iod = host=${hostname} port=${port || 5432} dbname=${pathname.slice(1)}`,
  ]
    .map(line => `${line}\n`)
    .join('')
}

/** The monitor's role and password at the provider's server. The exporter's driver would check nothing with `require`. */
function exporterUrl(made = '', provider: Provider): string {
  const { username, password } = new URL(made)
  const url = Object.assign(new URL(provider.databaseUrl), { username, password })
  const mode = tlsMode(provider)
  if (mode !== undefined) url.searchParams.set('sslmode', mode)
  if (provider.databaseAuthority !== undefined)
    url.searchParams.set('sslrootcert', `/run/secrets/postgres-exporter/${authorityFile}`)
  return url.href
}
