import type * as v from 'valibot'
import type { Actor, VerifyAccessToken } from '../access-token.ts'
import { authenticateRequest } from './authenticate.ts'
import type { HttpApp, HttpContext } from './context.ts'
import { readIfMatch } from './entity-tag.ts'
import { readBody, readHeaders, readPathParameters } from './input.ts'
import type { ProblemCode } from './problem.ts'
import { readQuery, rejectAnyQuery } from './query.ts'
import { enforceLimit, type RequestLimit } from './request-limits.ts'

/**
 * Defines a route once: `operation` describes it, `route` mounts it, and the handler receives checked and typed input:
 *
 *   export const followProfile = operation({
 *     method: 'put', path: '/profile/{username}/follow', authentication: 'required', limit: 'change-follows',
 *     pathParameters: UsernameParameter,
 *     documentation: import.meta.bundled ? undefined : { operationId: 'followProfile', summary: …, responses: …, problems: … },
 *   })
 *   route(app, guards, followProfile, async (c, { actor, params }) => c.json(await follow(deps, { actor, ...params })))
 *
 * Order of the checks: query parameters where none is described, limit per address, access token, limit per account, query,
 * If-Match, body, headers, path parameters (404, with the message of the schema). `functions/<name>/operations.ts` lists the
 * operations for the OpenAPI document and the tests. Bundles define `import.meta.bundled`, so no documentation is in them.
 */
export function route<
  Authentication extends AuthenticationRule,
  Limit extends string,
  P,
  Q,
  H,
  B,
  Match extends MatchRule,
>(
  app: HttpApp,
  guards: Guards<NoInfer<Limit>>,
  operation: Operation<Authentication, Limit, P, Q, H, B, Match>,
  handler: (c: HttpContext, input: Input<Authentication, P, Q, H, B, Match>) => Response | Promise<Response>,
): void
export function route(
  app: HttpApp,
  { verifyAccessToken, limitOf }: Guards<string>,
  operation: Operation,
  handler: (c: HttpContext, input: Input) => Response | Promise<Response>,
): void {
  const { method, path, authentication, pathParameters, query, ifMatch, headers, body, maxBodyBytes } =
    operation
  const limit = operation.limit === undefined ? undefined : limitOf(operation.limit)
  if (limit?.per === 'account' && authentication !== 'required') {
    throw new Error(`${method} ${path}: a limit per account needs authentication`)
  }

  function readAndHandle(c: HttpContext, actor: Actor | undefined): Response | Promise<Response> {
    const parameters = { query: query && readQuery(c, query), ifMatch: ifMatch && readIfMatch(c, ifMatch) }
    const handle = (value: unknown) =>
      handler(c, {
        actor,
        ...parameters,
        body: value,
        headers: headers && readHeaders(c, headers),
        params: pathParameters && readPathParameters(c, pathParameters),
      })
    return body === undefined ? handle(undefined) : readBody(c, body, maxBodyBytes).then(handle)
  }

  async function guardAndHandle(c: HttpContext): Promise<Response> {
    if (limit?.per === 'address') await enforceLimit(c, limit.limiter, limit.addressOf(c))
    const actor =
      authentication === 'none' ? undefined : await authenticateRequest(c, verifyAccessToken, authentication)
    if (limit?.per === 'account' && actor !== undefined) await enforceLimit(c, limit.limiter, actor.accountId)
    return readAndHandle(c, actor)
  }

  // Not async: most readers send no token, and each further promise costs half a microsecond.
  function handleRequest(c: HttpContext): Response | Promise<Response> {
    if (query === undefined) rejectAnyQuery(c)
    const isPublic =
      authentication === 'none' ||
      (authentication === 'optional' && c.req.header('authorization') === undefined)
    return isPublic && limit === undefined ? readAndHandle(c, undefined) : guardAndHandle(c)
  }

  app.on(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'), handleRequest)
}

/** Returns its argument; the types of the route are inferred here. */
export const operation = <
  const Authentication extends AuthenticationRule,
  const Limit extends string = never,
  P = undefined,
  Q = undefined,
  H = undefined,
  B = undefined,
  const Match extends MatchRule = undefined,
>(
  definition: Operation<Authentication, Limit, P, Q, H, B, Match>,
): Operation<Authentication, Limit, P, Q, H, B, Match> => definition

/** `optional`: a request may come without a token, but one that is sent must be valid. */
export type AuthenticationRule = 'none' | 'optional' | 'required'
/** `required`: 428 without If-Match (RFC 6585, 3). */
export type MatchRule = 'required' | 'optional' | undefined

type Schema<Output> = v.GenericSchema<unknown, Output>

export interface Operation<
  Authentication extends AuthenticationRule = AuthenticationRule,
  Limit extends string = string,
  P = unknown,
  Q = unknown,
  H = unknown,
  B = unknown,
  Match extends MatchRule = MatchRule,
> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** In OpenAPI's form: `/posts/{slug}`. */
  readonly path: `/${string}`
  readonly authentication: Authentication
  /** The name of a limit: see `Guards`. */
  readonly limit?: Limit
  /** Each member of these schemas is one parameter. */
  readonly pathParameters?: Schema<P>
  /** A strict object. Each parameter is sent at most once, and never empty. */
  readonly query?: Schema<Q>
  readonly headers?: Schema<H> & { readonly entries: Readonly<Record<string, unknown>> }
  readonly ifMatch?: Match
  readonly body?: Schema<B>
  /** 64 KiB by default. */
  readonly maxBodyBytes?: number
  readonly documentation: Documentation | undefined
}

/** Shared texts built with templates belong in a function: esbuild keeps a template that it cannot prove pure. */
export interface Documentation {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  /** Successful responses by status. */
  readonly responses: Readonly<Record<number, ResponseDocumentation>>
  /** Those that do not follow from the rest of the operation. */
  readonly problems: readonly ProblemCode[]
}

export interface ResponseDocumentation {
  readonly description: string
  readonly schema?: v.GenericSchema
  /** `application/json` by default; a text of another type has no schema. */
  readonly contentType?: string
  /** Response headers by name, each with its description. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface Input<
  Authentication extends AuthenticationRule = AuthenticationRule,
  P = unknown,
  Q = unknown,
  H = unknown,
  B = unknown,
  Match extends MatchRule = MatchRule,
> {
  readonly actor: ActorOf[Authentication]
  readonly params: P
  readonly query: Q
  readonly headers: H
  readonly body: B
  /** The entity tags of If-Match, or `*`. */
  readonly ifMatch: Match extends 'required'
    ? readonly string[]
    : Match extends 'optional'
      ? readonly string[] | undefined
      : undefined
}

interface ActorOf {
  readonly none: undefined
  readonly optional: Actor | undefined
  readonly required: Actor
}

/** Verifies tokens and counts requests for the routes; `Limit` is a union of the names of the function's limits. */
export interface Guards<Limit extends string = never> {
  readonly verifyAccessToken: VerifyAccessToken
  readonly limitOf: (name: Limit) => RequestLimit
}

declare global {
  interface ImportMeta {
    /** True in the bundles (scripts/build/bundle-options.ts), where esbuild replaces it. */
    readonly bundled?: true
  }
}
