import type { CommonConfig } from './config.ts'
import type { Log } from './log.ts'
import { type Database, openDatabase } from './postgres/database.ts'
import { openRedis, type RedisClient } from './redis/client.ts'
import { postponeRedis } from './redis/postponed.ts'

export interface Connections {
  readonly database: Database
  readonly redis: RedisClient
}

/** Begins to connect to Postgres at once and waits for nothing. */
export async function openConnections(config: CommonConfig, log: Log): Promise<Connections> {
  const database = await openDatabase({ url: config.databaseUrl, poolSize: config.databasePoolSize, log })
  void database.warm()
  const redis = postponeRedis(() => openRedis({ url: config.redisUrl, log }))
  return { database, redis }
}
