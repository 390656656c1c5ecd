import * as v from 'valibot'
import { Count } from '../formats.ts'
import { operation } from '../http/route.ts'

export const HealthCheck = v.object({
  status: v.picklist(['ok', 'down']),
  latencyMs: v.pipe(v.number(), v.metadata({ minimum: 0 })),
})

export const Health = v.object({
  status: v.picklist(['ok', 'degraded', 'down']),
  version: v.string(),
  uptime: v.pipe(Count, v.description('Seconds since the process started.')),
  checks: v.object({ postgres: HealthCheck, redis: HealthCheck }),
})

export const OpenApiDocument = v.objectWithRest(
  {
    openapi: v.string(),
    info: v.objectWithRest({ title: v.string(), version: v.string() }, v.unknown()),
    paths: v.record(v.string(), v.unknown()),
  },
  v.unknown(),
)

/** Every function has one under its own path. */
export const healthOperationOf = (name: string) =>
  operation({
    method: 'get',
    path: `/${name}/health`,
    authentication: 'none',
    documentation: import.meta.bundled
      ? undefined
      : {
          operationId: `${name}Health`,
          summary: `Report the health of ${name} and its dependencies`,
          description: '`degraded` if Redis is unavailable; 503 and `down` if Postgres is.',
          responses: {
            200: { description: 'The function works, with or without Redis.', schema: Health },
            503: { description: 'Postgres is unavailable.', schema: Health },
          },
          problems: [],
        },
  })

/** The OpenAPI document, which is the same under the path of every function. */
export const documentOperationOf = (name: string) =>
  operation({
    method: 'get',
    path: `/${name}/openapi.json`,
    authentication: 'none',
    documentation: import.meta.bundled
      ? undefined
      : {
          operationId: `${name}OpenApi`,
          summary: 'Get this document',
          description: 'The same under the path of every function.',
          responses: {
            200: {
              description: 'OpenAPI 3.1.',
              schema: OpenApiDocument,
              headers: { ETag: 'Changes with the document.' },
            },
          },
          problems: ['not_found'],
        },
  })
