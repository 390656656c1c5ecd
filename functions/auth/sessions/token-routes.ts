import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import { taggedJson } from '../../shared/http/entity-tag.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import type { KeySet } from '../../shared/key-set.ts'
import type { LimitName } from '../limits.ts'
import { noContent, noStore } from '../responses.ts'
import { type RefreshDependencies, refreshSession } from './refresh-session.ts'
import { JsonWebKeySet, RefreshTokenRequest, Tokens } from './schemas.ts'
import { signOut } from './sessions.ts'

/** Verifiers may cache the keys this long; a new key is published well before it signs. */
const keySetCacheControl = 'public, max-age=300'

const refreshOperation = operation({
  method: 'post',
  path: '/auth/refresh',
  authentication: 'none',
  limit: 'refresh',
  body: RefreshTokenRequest,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'refresh',
        summary: 'Trade a refresh token for new tokens',
        description:
          'Each refresh token is used once. For 10 seconds a repeat gets the same successor; later it gets another one, as ' +
          'long as no successor was used, so that parallel tabs and lost responses do no harm. Any older token is taken for ' +
          'a stolen one and ends the session.',
        responses: { 200: { description: 'New tokens of the same session.', schema: Tokens } },
        problems: ['invalid_refresh_token'],
      },
})

const logOutOperation = operation({
  method: 'post',
  path: '/auth/logout',
  authentication: 'none',
  limit: 'refresh',
  body: RefreshTokenRequest,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'logOut',
        summary: 'End the session of a refresh token',
        description:
          'A token that is not known is no error. Access tokens of the session are refused everywhere within 5 seconds, ' +
          'or within a minute while Redis is away.',
        responses: { 204: { description: 'The session is over.' } },
        problems: [],
      },
})

const getKeySetOperation = operation({
  method: 'get',
  path: '/auth/.well-known/jwks.json',
  authentication: 'none',
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'getKeySet',
        summary: 'The public keys of access tokens',
        description: 'A JSON Web Key Set (RFC 7517). A new key is here at least ten minutes before it signs.',
        responses: {
          200: {
            description: 'The keys.',
            schema: JsonWebKeySet,
            headers: { ETag: 'Changes with the keys.', 'Cache-Control': 'How long the keys may be kept.' },
          },
        },
        problems: [],
      },
})

export const tokenOperations = [refreshOperation, logOutOperation, getKeySetOperation]

export interface TokenRouteOptions {
  readonly dependencies: RefreshDependencies
  readonly keySet: KeySet
  readonly callerOf: CallerOf
}

export function tokenRoutes(
  app: HttpApp,
  guards: Guards<LimitName>,
  { dependencies, keySet, callerOf }: TokenRouteOptions,
): void {
  route(app, guards, refreshOperation, async (c, { body }) =>
    c.json(await refreshSession(dependencies, { ...body, caller: callerOf(c) }), 200, noStore),
  )

  route(app, guards, logOutOperation, async (c, { body }) => {
    await signOut(dependencies, { ...body, caller: callerOf(c) })
    return noContent(c)
  })

  route(app, guards, getKeySetOperation, c =>
    taggedJson(c, JSON.stringify({ keys: keySet.all() }), keySetCacheControl),
  )
}
