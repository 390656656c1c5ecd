import { createPrivateKey } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'
import {
  type AccessTokenTerms,
  type Actor,
  accessTokenAlgorithm,
  accessTokenLifetimeSeconds,
  accessTokenType,
} from '../../functions/shared/access-token.ts'
import type { KeySet, PrivateJwk } from '../../functions/shared/key-set.ts'
import { newSigningKey } from './signing-keys.ts'

/** What a test may give a token in place of what auth would. */
export interface TokenParts {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: JWTPayload
}

/** A signing key, its public set, and tokens signed with it: auth as the other functions know it. */
export function createTestTokens(terms: AccessTokenTerms, signingKey: PrivateJwk = newSigningKey()) {
  const { d, ...jwk } = signingKey
  const privateKey = createPrivateKey({ key: { ...signingKey }, format: 'jwk' })
  const keySet: KeySet = { find: wanted => (wanted === jwk.kid ? jwk : undefined), all: () => [jwk] }

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
      .setProtectedHeader({ alg: accessTokenAlgorithm, typ: accessTokenType, kid: jwk.kid, ...header })
      .sign(privateKey)
  }

  return { keySet, jwk, privateKey, sign }
}

export type TestTokens = ReturnType<typeof createTestTokens>
