import type * as v from 'valibot'
import type { commonVariables } from './environment.ts'
import type { LogLevel } from './log.ts'

/** What every function is configured with, read once at the start and passed in. */
export interface CommonConfig {
  readonly port: number
  readonly logLevel: LogLevel
  readonly databaseUrl: string
  readonly databasePoolSize: number
  readonly redisUrl: string
  readonly publicUrl: string
  readonly accessToken: { readonly issuer: string; readonly audience: string }
  readonly corsOrigins: readonly string[]
  readonly trustedProxyHops: number
  readonly metricsPort: number
  readonly revocationMaxAgeSeconds: number
  readonly version: string
}

type Values = v.InferOutput<v.ObjectSchema<typeof commonVariables, undefined>>

export const commonConfig = (values: Values): CommonConfig => ({
  port: values.PORT,
  logLevel: values.LOG_LEVEL,
  databaseUrl: values.DATABASE_URL,
  databasePoolSize: values.DATABASE_POOL_SIZE,
  redisUrl: values.REDIS_URL,
  publicUrl: values.PUBLIC_URL,
  accessToken: { issuer: values.JWT_ISSUER ?? values.PUBLIC_URL, audience: values.PUBLIC_URL },
  corsOrigins: values.CORS_ORIGINS,
  trustedProxyHops: values.TRUSTED_PROXY_HOPS,
  metricsPort: values.METRICS_PORT,
  revocationMaxAgeSeconds: values.REVOCATION_MAX_AGE_SECONDS,
  version: values.K_REVISION,
})
