import type * as v from 'valibot'
import { ConfigError, type commonVariables } from './environment.ts'
import type { LogLevel } from './log.ts'
import { type TraceSettings, traceSettings } from './telemetry/settings.ts'
import type { TrustedProxies } from './trusted-proxies.ts'

/** The configuration that every function has, read once at the start and passed in. */
export interface CommonConfig {
  readonly port: number
  readonly logLevel: LogLevel
  readonly databaseUrl: string
  /** Certificates in PEM by which a server proves that it is ours. */
  readonly databaseAuthority: string | undefined
  readonly redisAuthority: string | undefined
  readonly databasePoolSize: number
  readonly redisUrl: string
  /** Of the Redis that only caches; the same one where there is no other. */
  readonly redisCacheUrl: string
  readonly publicUrl: string
  readonly accessToken: { readonly issuer: string; readonly audience: string }
  readonly corsOrigins: readonly string[]
  readonly trustedProxies: TrustedProxies
  readonly metricsPort: number
  /** Origins of the functions that the first request wakes as well. */
  readonly neighbourUrls: readonly string[]
  readonly revocationMaxAgeSeconds: number
  readonly version: string
  readonly traces: TraceSettings
}

type Values = v.InferOutput<v.ObjectSchema<typeof commonVariables, undefined>>

export function commonConfig(values: Values): CommonConfig {
  if (values.METRICS_PORT !== 0 && values.METRICS_PORT === values.PORT)
    throw new ConfigError('configuration: METRICS_PORT must be another port than PORT')
  return {
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    databaseUrl: values.DATABASE_URL,
    databaseAuthority: values.DATABASE_CA,
    redisAuthority: values.REDIS_CA,
    databasePoolSize: values.DATABASE_POOL_SIZE,
    redisUrl: values.REDIS_URL,
    redisCacheUrl: values.REDIS_CACHE_URL ?? values.REDIS_URL,
    publicUrl: values.PUBLIC_URL,
    accessToken: { issuer: values.JWT_ISSUER ?? values.PUBLIC_URL, audience: values.PUBLIC_URL },
    corsOrigins: values.CORS_ORIGINS,
    trustedProxies: { hops: values.TRUSTED_PROXY_HOPS, networks: values.TRUSTED_PROXY_NETWORKS },
    metricsPort: values.METRICS_PORT,
    neighbourUrls: values.NEIGHBOUR_URLS ?? [],
    revocationMaxAgeSeconds: values.REVOCATION_MAX_AGE_SECONDS,
    version: values.K_REVISION,
    traces: traceSettings(values),
  }
}
