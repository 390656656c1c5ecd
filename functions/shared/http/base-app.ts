import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { OverloadError } from '../domain-error.ts'
import { describeError, type Log } from '../log.ts'
import { asRequest } from '../slots-of-request.ts'
import type { HttpApp, HttpEnv } from './context.ts'
import { exposedHeaders } from './cross-origin.ts'
import { Problem, problemStatus } from './problem.ts'
import { problemResponse, toProblem } from './problem-response.ts'
import { rejectUndecodableQuery } from './query.ts'
import { requestLog } from './request-log.ts'
import { securityHeaders } from './security-headers.ts'

export interface BaseAppOptions {
  readonly log: Log
  /** Origins allowed by CORS, or `*`; empty turns CORS off. */
  readonly corsOrigins: readonly string[]
  /** The address of the API; HSTS is sent if it begins with `https:`. */
  readonly publicUrl?: string
  /** Mounts what is not part of the API, and has its own middleware. */
  readonly mountFirst?: (app: HttpApp) => void
}

/** The part that every function shares: request ids, log lines, CORS, and one form of every error. */
export function createBaseApp({ log, corsOrigins, publicUrl, mountFirst }: BaseAppOptions): HttpApp {
  const app = new Hono<HttpEnv>()
  mountFirst?.(app)
  app.use(requestLog(log, securityHeaders(publicUrl)))
  if (corsOrigins.length > 0) {
    app.use(
      cors({
        origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
        allowHeaders: ['authorization', 'content-type', 'if-match', 'if-none-match', 'idempotency-key'],
        allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
        exposeHeaders: exposedHeaders,
        maxAge: 600,
      }),
    )
  }
  app.use(rejectUndecodableQuery)
  app.use((_, next) => asRequest(next))
  app.onError((error, c) => {
    const problem = toProblem(error)
    // A feature that is not configured is no fault: nobody has to look into it. Refusals under overload have their request lines.
    const isNoFault = problem.code === 'not_configured' || error instanceof OverloadError
    if (problemStatus[problem.code] >= 500 && !isNoFault) {
      log.error(problem.code, { requestId: c.get('requestId'), ...describeError(problem.cause ?? problem) })
    }
    return problemResponse(c, problem)
  })
  app.notFound(c => problemResponse(c, new Problem('not_found', 'There is no resource at this path.')))
  return app
}

/**
 * Mounts 405 responses with `Allow` (RFC 9110, 15.5.6) for the methods that a path does not have.
 * Called last, after all routes are mounted: Hono itself would respond with 404.
 */
export function refuseOtherMethods(app: HttpApp): void {
  const methodsOf = new Map<string, Set<string>>()
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue
    const methods = methodsOf.get(path) ?? new Set()
    methods.add(method)
    if (method === 'GET') methods.add('HEAD')
    methodsOf.set(path, methods)
  }
  for (const [path, methods] of methodsOf) {
    const allow = [...methods].sort().join(', ')
    app.all(path, c =>
      problemResponse(c, new Problem('method_not_allowed', `Use ${allow} here.`, { headers: { allow } })),
    )
  }
}
