import type { CommonConfig } from './config.ts'
import type { Log } from './log.ts'
import { type Database, openDatabase } from './postgres/database.ts'
import { openRedis, type RedisClient, type RedisOptions } from './redis/client.ts'
import { lazyRedis } from './redis/lazy-redis.ts'

export interface Connections {
  readonly database: Database
  /** Limits, attempts and revocations: what must stay until its time. */
  readonly redis: RedisClient
  /** Copies of what Postgres has. Its server may evict any of it, and with it never what protects. */
  readonly cacheRedis: RedisClient
}

/** Begins to connect to Postgres at once and waits for nothing. */
export async function openConnections(
  config: CommonConfig,
  log: Log,
  redisOptions: Pick<RedisOptions, 'commandTimeoutMs'> = {},
): Promise<Connections> {
  const database = await openDatabase({
    url: config.databaseUrl,
    authority: config.databaseAuthority,
    poolSize: config.databasePoolSize,
    log,
  })
  void database.warm()
  const open = (url: string) =>
    lazyRedis(() => openRedis({ url, authority: config.redisAuthority, log, ...redisOptions }))
  const redis = open(config.redisUrl)
  const cacheRedis = config.redisCacheUrl === config.redisUrl ? redis : open(config.redisCacheUrl)
  return { database, redis, cacheRedis }
}

/** Both, where there are two. */
export async function closeRedis({
  redis,
  cacheRedis,
}: Pick<Connections, 'redis' | 'cacheRedis'>): Promise<void> {
  await Promise.all([...new Set([redis, cacheRedis])].map(client => client.close()))
}
