import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import { taggedJson } from '../../shared/http/entity-tag.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import type { KeySet } from '../../shared/key-set.ts'
import { noContent, noStore } from '../http/responses.ts'
import type { LimitName } from '../limits.ts'
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
        summary: 'Exchange a refresh token for new tokens',
        description:
          'A refresh token is valid for one exchange. Repeating it within 10 seconds returns the same successor; later it ' +
          'returns a new one, as long as no successor was used, so parallel tabs and lost responses do no harm. Presenting ' +
          'any older token counts as theft and revokes the session.',
        responses: { 200: { description: 'New tokens for the same session.', schema: Tokens } },
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
        summary: 'Sign out: revoke the session of a refresh token',
        description:
          'An unknown token is not an error. All functions reject the access tokens of the session within 5 seconds, or ' +
          'within a minute while Redis is unavailable.',
        responses: { 204: { description: 'Session revoked.' } },
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
        summary: 'Get the public keys of access tokens',
        description:
          'A JSON Web Key Set (RFC 7517). A new key is published at least ten minutes before it signs.',
        responses: {
          200: {
            description: 'The key set.',
            schema: JsonWebKeySet,
            headers: { ETag: 'Changes with the keys.', 'Cache-Control': 'How long the keys may be cached.' },
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
