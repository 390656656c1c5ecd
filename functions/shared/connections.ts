import type { CommonConfig } from './config.ts'
import type { Log } from './log.ts'
import { type Database, openDatabase } from './postgres/database.ts'
import { openRedis, type RedisClient } from './redis/client.ts'

export interface Connections {
  readonly database: Database
  readonly redis: RedisClient
}

/** Begins to connect to both at once and waits for neither. */
export async function openConnections(config: CommonConfig, log: Log): Promise<Connections> {
  const [database, redis] = await Promise.all([
    openDatabase({ url: config.databaseUrl, poolSize: config.databasePoolSize, log }),
    openRedis({ url: config.redisUrl, log }),
  ])
  void database.warm()
  return { database, redis }
}
