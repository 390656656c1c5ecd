import { importJWK, SignJWT } from 'jose'
import {
  type AccessTokenTerms,
  type Actor,
  accessTokenAlgorithm,
  accessTokenLifetimeSeconds,
  accessTokenType,
} from '../../shared/access-token.ts'
import type { PrivateJwk } from '../../shared/key-set.ts'

/** Returns a signer that uses the current signing key and imports each key once. */
export function createSignAccessToken(terms: AccessTokenTerms, signingKey: () => PrivateJwk) {
  let imported: { readonly x: string; readonly key: ReturnType<typeof importJWK> } | undefined

  return async function signAccessToken({ accountId, sessionId, role }: Actor): Promise<string> {
    const jwk = signingKey()
    if (imported?.x !== jwk.x) imported = { x: jwk.x, key: importJWK(jwk, accessTokenAlgorithm) }
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
