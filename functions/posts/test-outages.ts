import { DomainError } from '../shared/domain-error.ts'
import type { Database } from '../shared/postgres/database.ts'
import type { RedisClient } from '../shared/redis/client.ts'
import type { TestClient } from '../shared/testing/test-client.ts'

/** Counts the statements sent to Postgres, and can make it unavailable. */
export function createMeter(database: Database) {
  const meter = { statements: 0, isUnavailable: false }
  const query: Database['query'] = (statement, parameters) => {
    meter.statements += 1
    return meter.isUnavailable
      ? Promise.reject(new DomainError('unavailable', { detail: 'Postgres is unavailable.' }))
      : database.query(statement, parameters)
  }
  return { meter, metered: { ...database, query } }
}

type RedisState = 'available' | 'unavailable' | 'slow'

/**
 * Behaves as ioredis behind client.ts: a command without a reply in time is abandoned, and a slow Redis still executes it,
 * which `executeLate` does.
 */
export function createSwitch(redis: RedisClient) {
  const state: { redis: RedisState } = { redis: 'available' }
  const late: (() => Promise<unknown>)[] = []
  const switched: RedisClient = {
    ...redis,
    async attempt(command) {
      if (state.redis === 'available') return redis.attempt(command)
      if (state.redis === 'slow') late.push(() => redis.attempt(command))
      return undefined
    },
  }
  async function executeLate(): Promise<void> {
    for (const execute of late.splice(0)) await execute()
  }
  return { state, switched, executeLate }
}

export const read = async (pod: TestClient, path: string, headers: Record<string, string> = {}) => {
  const response = await pod.request(path, { headers })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** Resolves `idle` once no command is in flight: a pod stores in Redis after it has responded. */
export function createTracker(redis: RedisClient) {
  const inFlight = new Set<Promise<unknown>>()
  const tracked: RedisClient = {
    ...redis,
    attempt(command) {
      const attempt = redis.attempt(command)
      inFlight.add(attempt)
      void attempt.finally(() => inFlight.delete(attempt))
      return attempt
    },
  }
  async function idle(): Promise<void> {
    while (inFlight.size > 0) await Promise.all(inFlight)
  }
  return { tracked, idle }
}
