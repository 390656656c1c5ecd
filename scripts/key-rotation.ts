import { accessTokenLifetimeSeconds } from '../functions/shared/access-token.ts'
import type { PrivateJwk, PublicJwk } from '../functions/shared/key-set.ts'
import { newSigningKey } from './signing-keys.ts'

/** Until every verifier has a new key: a kept JWKS answer (300 s), and the functions started again (some seconds). */
const overlapSeconds = 600
/** Clocks that differ, and a process that looks at the file late. */
const slackSeconds = 60

export interface Rotation {
  readonly keys: readonly PrivateJwk[]
  readonly signsFrom: Date
  readonly oldKeysRetireAt: Date
}

/** A rotation that cannot be begun now; the message is for whoever asked. */
export class RotationRefused extends Error {
  override readonly name = 'RotationRefused'
}

/**
 * Adds a key that signs once everyone has it, and gives the others the time after which no token of theirs can be
 * good. Written once, it takes place by itself. `now` is for a key that was stolen: it ends every access token.
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
    throw new RotationRefused(`A rotation is under way: key ${waiting.kid} signs from ${signsFrom} on.`)
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
