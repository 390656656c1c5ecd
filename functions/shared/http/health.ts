import type { HttpContext } from './context.ts'

/** Resolves when the dependency answered; rejects when it did not. */
export type Check = () => Promise<unknown>

export interface HealthOptions {
  readonly version: string
  readonly postgres: Check
  readonly redis: Check
}

type CheckResult = { readonly status: 'ok' | 'down'; readonly latencyMs: number }

const checkTimeoutMs = 1_000

/** For people and monitors, not for the probe: 200 `ok`, 200 `degraded` without Redis, 503 `down` without Postgres. */
export const health = ({ version, postgres, redis }: HealthOptions) =>
  async function health(c: HttpContext): Promise<Response> {
    const checks = await Promise.all([run(postgres), run(redis)])
    const [postgresResult, redisResult] = checks
    const status =
      postgresResult.status === 'down' ? 'down' : redisResult.status === 'down' ? 'degraded' : 'ok'
    const body = {
      status,
      version,
      uptime: Math.round(process.uptime()),
      checks: { postgres: postgresResult, redis: redisResult },
    }
    return c.json(body, status === 'down' ? 503 : 200, { 'cache-control': 'no-store' })
  }

async function run(check: Check): Promise<CheckResult> {
  const startMs = performance.now()
  const status = await Promise.race([
    check().then(
      () => 'ok' as const,
      () => 'down' as const,
    ),
    new Promise<'down'>(resolve => setTimeout(resolve, checkTimeoutMs, 'down').unref()),
  ])
  return { status, latencyMs: Math.round((performance.now() - startMs) * 10) / 10 }
}
