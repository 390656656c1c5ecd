import { createHash, createHmac, randomBytes } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'
import {
  type AccessTokenTerms,
  type Actor,
  accessTokenAlgorithm,
  accessTokenLifetimeSeconds,
  accessTokenType,
} from '../../shared/access-token.ts'
import type { PrivateJwk } from '../../shared/key-set.ts'

/** Signs access tokens with the key whose turn it is. */
export function createSignAccessToken(terms: AccessTokenTerms, signingKey: () => PrivateJwk) {
  let imported: { readonly kid: string; readonly key: ReturnType<typeof importJWK> } | undefined

  return async ({ accountId, sessionId, role }: Actor): Promise<string> => {
    const jwk = signingKey()
    if (imported?.kid !== jwk.kid) imported = { kid: jwk.kid, key: importJWK(jwk, accessTokenAlgorithm) }
    return new SignJWT({ sid: sessionId, role })
      .setProtectedHeader({ alg: accessTokenAlgorithm, typ: accessTokenType, kid: jwk.kid })
      .setIssuer(terms.issuer)
      .setAudience(terms.audience)
      .setSubject(accountId)
      .setIssuedAt()
      .setExpirationTime(`${accessTokenLifetimeSeconds}s`)
      .sign(await imported.key)
  }
}

/** A new refresh token or token of a mail: 256 random bits in base64url. */
export const newOpaqueToken = () => randomBytes(32).toString('base64url')

/** How such a token is stored. It is random, so a plain hash cannot be guessed against. */
export const opaqueTokenHash = (token: string) => createHash('sha256').update(token).digest()

/**
 * The token that follows `token`: derived and not drawn, so that parallel refreshes are given the same one although
 * only hashes are stored. Without the key nobody can go from one to the next. `reissues`: how many successors were given
 * up before this one.
 */
export const successorOf = (token: string, reissues: number, key: Buffer) =>
  createHmac('sha256', key)
    .update(`refresh-token-successor:${reissues === 0 ? '' : `${reissues}:`}${token}`)
    .digest('base64url')
