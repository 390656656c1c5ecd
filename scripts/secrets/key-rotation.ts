import { accessTokenLifetimeSeconds } from '../../functions/shared/access-token.ts'
import type { PrivateJwk, PublicJwk } from '../../functions/shared/key-set.ts'
import { UsageError } from '../cli/options.ts'
import { newSigningKey } from './signing-keys.ts'

/** Until every verifier has a new key: a cached JWKS response (300 s), and the restart of the functions (seconds). */
const overlapSeconds = 600
/** For clocks that differ, and for a process that reads the file late. */
const slackSeconds = 60

export interface Rotation {
  readonly keys: readonly PrivateJwk[]
  readonly signsFrom: Date
  readonly oldKeysRetireAt: Date
}

/**
 * Adds a key that signs once every verifier has it, and retires the others after the last token that they signed. No
 * further step is needed. `now` is for a stolen key: it ends every access token.
 */
export function rotate(
  keys: readonly PrivateJwk[],
  nowMs: number,
  when: 'in time' | 'now' = 'in time',
): Rotation {
  const nowSeconds = Math.floor(nowMs / 1_000)
  const waiting = keys.find(key => (key.nbf ?? 0) > nowSeconds)
  if (waiting?.nbf !== undefined && when === 'in time') {
    const signsFrom = new Date(waiting.nbf * 1_000).toISOString()
    throw new UsageError(`A rotation is in progress: key ${waiting.kid} signs from ${signsFrom} on.`)
  }
  const nbf = when === 'now' ? nowSeconds : nowSeconds + overlapSeconds
  const exp = when === 'now' ? nowSeconds : nbf + accessTokenLifetimeSeconds + slackSeconds
  const kept = keys
    .filter(key => key.exp === undefined || key.exp > nowSeconds)
    .filter(key => when === 'in time' || key !== waiting)
    .map(key => ({ ...key, exp: Math.min(key.exp ?? exp, exp) }))
  return {
    keys: [...kept, { ...newSigningKey(new Date(nowMs)), nbf }],
    signsFrom: new Date(nbf * 1_000),
    oldKeysRetireAt: new Date(exp * 1_000),
  }
}

export const publicKeys = (keys: readonly PrivateJwk[]): readonly PublicJwk[] =>
  keys.map(({ d: _private, ...publicKey }) => publicKey)

/** A JSON Web Key Set (RFC 7517). */
export const keySetText = (keys: readonly PublicJwk[]) => JSON.stringify({ keys })
