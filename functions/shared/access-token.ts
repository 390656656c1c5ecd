import { type CryptoKey, errors, importJWK, type JWTHeaderParameters, jwtVerify } from 'jose'
import * as v from 'valibot'
import { type AccountId, AccountIdSchema, type SessionId, SessionIdSchema } from './ids.ts'
import type { KeySet } from './key-set.ts'
import type { Revocations } from './revocations.ts'

export const roles = ['user', 'moderator', 'admin'] as const
export type Role = (typeof roles)[number]

/** The caller, as identified by the access token. */
export interface Actor {
  readonly accountId: AccountId
  readonly sessionId: SessionId
  readonly role: Role
}

export interface AccessTokenTerms {
  readonly issuer: string
  readonly audience: string
}

/** JWT access tokens after RFC 9068: one signature algorithm, one type, so that no other token passes for one. */
export const accessTokenAlgorithm = 'EdDSA'
export const accessTokenType = 'at+jwt'
export const accessTokenLifetimeSeconds = 15 * 60
/** Clocks of two nodes may differ by this much. */
const clockToleranceSeconds = 5

const Claims = v.object({
  sub: AccountIdSchema,
  sid: SessionIdSchema,
  role: v.picklist(roles),
})

export type VerifyAccessToken = (token: string) => Promise<VerifiedAccessToken | undefined>

interface VerifiedAccessToken extends Actor {
  /** Unix time in seconds. */
  readonly issuedAtSeconds: number
  readonly expiresAtSeconds: number
}

/** Returns a check that resolves to the caller, or to undefined for every invalid token, whatever the fault. */
export function createVerifyAccessToken(
  terms: AccessTokenTerms,
  keySet: KeySet,
  revocations: Pick<Revocations, 'isRevoked'>,
): VerifyAccessToken {
  const imported = new Map<string, Promise<CryptoKey | Uint8Array>>()

  /** Keys come from the mounted set by `kid` alone; `jwk`, `jku` and `x5u` in a header are never looked at. */
  async function keyFor(header: JWTHeaderParameters) {
    const jwk = header.kid === undefined ? undefined : keySet.find(header.kid)
    if (jwk === undefined) throw new errors.JWKSNoMatchingKey()
    const key = imported.get(jwk.x) ?? importJWK(jwk, accessTokenAlgorithm)
    imported.set(jwk.x, key)
    return key
  }

  async function check(token: string): Promise<CheckedToken | undefined> {
    if (!isCanonical(token)) return undefined
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keyFor, {
        algorithms: [accessTokenAlgorithm],
        typ: accessTokenType,
        issuer: terms.issuer,
        audience: terms.audience,
        requiredClaims: ['exp', 'iat'],
        clockTolerance: clockToleranceSeconds,
      })
      const claims = v.parse(Claims, payload)
      const actor = {
        accountId: claims.sub,
        sessionId: claims.sid,
        role: claims.role,
        issuedAtSeconds: payload.iat ?? 0,
        expiresAtSeconds: payload.exp ?? 0,
      }
      const keyId = protectedHeader.kid ?? ''
      return { actor, keyId, publicKey: keySet.find(keyId)?.x }
    } catch (error) {
      if (error instanceof errors.JOSEError || v.isValiError(error)) return undefined
      throw error
    }
  }

  /** A token is sent with many requests: its signature is checked once, its time and its key each time. */
  const checked = new Map<string, CheckedToken>()

  async function checkOnce(token: string): Promise<VerifiedAccessToken | undefined> {
    const known = checked.get(token)
    if (known !== undefined) {
      if (!isOver(known.actor) && keySet.find(known.keyId)?.x === known.publicKey) return known.actor
      checked.delete(token)
    }
    const found = await check(token)
    if (found === undefined) return undefined
    const [oldest] = checked.keys()
    if (checked.size >= maxChecked && oldest !== undefined) checked.delete(oldest)
    checked.set(token, found)
    return found.actor
  }

  return async token => {
    const actor = await checkOnce(token)
    return actor === undefined || (await revocations.isRevoked(actor.sessionId)) ? undefined : actor
  }
}

/** One spelling per token: the last character of a signature of 64 bytes has four bits that a decoder leaves out. */
const isCanonical = (token: string): boolean => {
  const signature = token.slice(token.lastIndexOf('.') + 1)
  return Buffer.from(signature, 'base64url').toString('base64url') === signature
}

interface CheckedToken {
  readonly actor: VerifiedAccessToken
  readonly keyId: string
  readonly publicKey: string | undefined
}

/** About 1 kB each. */
const maxChecked = 2_000

const isOver = ({ expiresAtSeconds }: VerifiedAccessToken) =>
  expiresAtSeconds <= Math.floor(Date.now() / 1_000) - clockToleranceSeconds
