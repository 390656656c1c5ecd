import * as v from 'valibot'
import type { Operation } from './operation.ts'

const Check = v.object({ status: v.picklist(['ok', 'down']), latencyMs: v.number() })

const Health = v.object({
  status: v.picklist(['ok', 'degraded', 'down']),
  version: v.string(),
  uptime: v.pipe(v.number(), v.description('Seconds since the process started.')),
  checks: v.object({ postgres: Check, redis: Check }),
})

/** Every function has it under its own path. */
export const healthOperation = (name: string): Operation => ({
  method: 'get',
  path: `/${name}/health`,
  operationId: `${name}Health`,
  summary: `State of ${name} and of what it depends on`,
  description: '`degraded` without Redis; 503 and `down` without Postgres.',
  authentication: 'none',
  answers: {
    200: { description: 'It works, with or without Redis.', schema: Health },
    503: { description: 'Postgres is away.', schema: Health },
  },
  problems: [],
})
