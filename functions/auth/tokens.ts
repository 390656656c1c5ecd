import { createHash, createHmac, randomBytes } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'
import {
  type AccessTokenTerms,
  type Actor,
  accessTokenAlgorithm,
  accessTokenLifetimeSeconds,
  accessTokenType,
} from '../shared/access-token.ts'
import type { PrivateJwk } from '../shared/key-set.ts'

/** Signs access tokens with the first key of the set. */
export function createSignAccessToken(terms: AccessTokenTerms, keys: readonly PrivateJwk[]) {
  const [signingKey] = keys
  if (signingKey === undefined) throw new Error('the set of signing keys is empty')
  const imported = importJWK(signingKey, accessTokenAlgorithm)
  return async ({ accountId, sessionId, role }: Actor): Promise<string> =>
    new SignJWT({ sid: sessionId, role })
      .setProtectedHeader({ alg: accessTokenAlgorithm, typ: accessTokenType, kid: signingKey.kid })
      .setIssuer(terms.issuer)
      .setAudience(terms.audience)
      .setSubject(accountId)
      .setIssuedAt()
      .setExpirationTime(`${accessTokenLifetimeSeconds}s`)
      .sign(await imported)
}

/** A new opaque refresh token: 256 random bits in base64url. */
export const newRefreshToken = () => randomBytes(32).toString('base64url')

/** How a refresh token is stored. It is random, so a plain hash cannot be guessed against. */
export const refreshTokenHash = (token: string) => createHash('sha256').update(token).digest()

/**
 * The token that follows `token`: derived and not drawn, so that parallel refreshes are given the same one although
 * only hashes are stored. Without the key nobody can go from one to the next.
 */
export const successorOf = (token: string, key: Buffer) =>
  createHmac('sha256', key).update(`refresh-token-successor:${token}`).digest('base64url')
