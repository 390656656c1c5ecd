import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import {
  type AccessTokenTerms,
  type Actor,
  accessTokenAlgorithm,
  accessTokenLifetimeSeconds,
  accessTokenType,
} from '../access-token.ts'
import type { KeySet, PublicJwk } from '../key-set.ts'

/** What a test may give a token in place of what auth would. */
export interface TokenParts {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: JWTPayload
}

/** A key pair, its public set, and tokens signed with it: auth as the other functions know it. */
export async function createTestTokens(terms: AccessTokenTerms) {
  const kid = 'test-key'
  const { privateKey, publicKey } = await generateKeyPair(accessTokenAlgorithm, { extractable: true })
  const jwk: PublicJwk = {
    kty: 'OKP',
    crv: 'Ed25519',
    alg: accessTokenAlgorithm,
    use: 'sig',
    kid,
    x: (await exportJWK(publicKey)).x ?? '',
  }
  const keySet: KeySet = { find: wanted => (wanted === kid ? jwk : undefined), all: () => [jwk] }

  function sign({ accountId, sessionId, role }: Actor, { header, claims }: TokenParts = {}): Promise<string> {
    const nowSeconds = Math.floor(Date.now() / 1_000)
    const usual = {
      iss: terms.issuer,
      aud: terms.audience,
      sub: accountId,
      sid: sessionId,
      role,
      iat: nowSeconds,
      exp: nowSeconds + accessTokenLifetimeSeconds,
    }
    return new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({ alg: accessTokenAlgorithm, typ: accessTokenType, kid, ...header })
      .sign(privateKey)
  }

  return { keySet, jwk, privateKey, sign }
}

export type TestTokens = Awaited<ReturnType<typeof createTestTokens>>
