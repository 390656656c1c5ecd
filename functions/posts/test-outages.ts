import { setTimeout as sleep } from 'node:timers/promises'
import { DomainError } from '../shared/domain-error.ts'
import type { Database } from '../shared/postgres/database.ts'
import type { RedisClient } from '../shared/redis/client.ts'
import type { TestClient } from '../shared/testing/test-client.ts'

/** Counts the statements that reach Postgres, and can be cut off from it. */
export function createMeter(database: Database) {
  const meter = { statements: 0, isAway: false }
  const query: Database['query'] = (statement, parameters) => {
    meter.statements += 1
    return meter.isAway
      ? Promise.reject(new DomainError('unavailable', { detail: 'Postgres is away.' }))
      : database.query(statement, parameters)
  }
  return { meter, metered: { ...database, query } }
}

type RedisState = 'there' | 'away' | 'slow'

/** As ioredis behaves behind client.ts: what is not answered in 100 ms is not waited for. */
export function createSwitch(redis: RedisClient) {
  const state: { redis: RedisState } = { redis: 'there' }
  const switched: RedisClient = {
    ...redis,
    async attempt(command) {
      if (state.redis === 'there') return redis.attempt(command)
      if (state.redis === 'slow') {
        setTimeout(() => void redis.attempt(command), 2_000)
        await sleep(100)
      }
      return undefined
    },
  }
  return { state, switched }
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
