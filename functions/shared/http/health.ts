import type { Connections } from '../connections.ts'
import { connectDeadline } from '../young-process.ts'
import type { HttpContext } from './context.ts'

type CheckResult = { readonly status: 'ok' | 'down'; readonly latencyMs: number }

const checkTimeoutMs = 1_000

/** For people and monitors, not the probe: 200 `ok`, 200 `degraded` without Redis, 503 `down` without Postgres. */
export const health = (version: string, { database, redis, cacheRedis }: Connections) =>
  async function health(c: HttpContext): Promise<Response> {
    const [postgresCheck, redisCheck] = await Promise.all([
      run(database.ping),
      run(() => Promise.all([redis.ping(), cacheRedis.ping()])),
    ])
    const status = postgresCheck.status === 'down' ? 'down' : redisCheck.status === 'down' ? 'degraded' : 'ok'
    const uptime = Math.round(process.uptime())
    const body = { status, version, uptime, checks: { postgres: postgresCheck, redis: redisCheck } }
    return c.json(body, status === 'down' ? 503 : 200, { 'cache-control': 'no-store' })
  }

async function run(check: () => Promise<unknown>): Promise<CheckResult> {
  const startMs = performance.now()
  const status = await Promise.race([
    check().then(
      () => 'ok' as const,
      () => 'down' as const,
    ),
    new Promise<'down'>(resolve =>
      setTimeout(resolve, connectDeadline(checkTimeoutMs) - startMs, 'down').unref(),
    ),
  ])
  return { status, latencyMs: Math.round((performance.now() - startMs) * 10) / 10 }
}
