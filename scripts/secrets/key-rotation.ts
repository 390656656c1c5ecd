import { accessTokenLifetimeSeconds } from '../../functions/shared/access-token.ts'
import type { PrivateJwk, PublicJwk } from '../../functions/shared/key-set.ts'
import { UsageError } from '../cli/options.ts'
import { newSigningKey } from './signing-keys.ts'

/** A cached JWKS response lasts 300 s. */
const minimumOverlapSeconds = 600
/** Pods are replaced one after the other: the old one ends within half a minute, and the new one may wait for its room. */
const secondsPerPod = 60
/** For clocks that differ, and for a process that reads the file late. */
const slackSeconds = 60

export interface Rotation {
  readonly keys: readonly PrivateJwk[]
  readonly signsFrom: Date
  readonly oldKeysRetireAt: Date
}

/** Returns the rotation whose new key does not sign yet; undefined without one. */
export function rotationInProgress(keys: readonly PrivateJwk[], nowMs: number): Rotation | undefined {
  const nbf = Math.max(...keys.map(key => key.nbf ?? 0))
  if (nbf * 1_000 <= nowMs) return undefined
  return rotationOf(keys, nbf)
}

const rotationOf = (keys: readonly PrivateJwk[], nbf: number): Rotation => ({
  keys,
  signsFrom: new Date(nbf * 1_000),
  oldKeysRetireAt: new Date(Math.max(...keys.map(key => key.exp ?? 0)) * 1_000),
})

/**
 * Adds a key that signs once every verifier has it, each of these pods included, and retires the others after the last
 * token that they signed. No further step is needed. The new key signs at once where no other can, and with `now`, which is
 * for a stolen key and ends every access token.
 */
export function rotate(
  keys: readonly PrivateJwk[],
  nowMs: number,
  when: 'in time' | 'now' = 'in time',
  pods = 0,
): Rotation {
  const nowSeconds = Math.floor(nowMs / 1_000)
  const begun = rotationInProgress(keys, nowMs)
  if (begun !== undefined && when === 'in time')
    throw new UsageError(
      `A rotation is in progress: key ${begun.keys.at(-1)?.kid} signs from ${begun.signsFrom.toISOString()} on.`,
    )
  const signing = keys
    .filter(key => key.exp === undefined || key.exp > nowSeconds)
    .filter(key => (key.nbf ?? 0) <= nowSeconds)
  const isImmediate = when === 'now' || signing.length === 0
  const overlapSeconds = Math.max(minimumOverlapSeconds, secondsPerPod * pods)
  const nbf = isImmediate ? nowSeconds : nowSeconds + overlapSeconds
  const exp = isImmediate ? nowSeconds : nbf + accessTokenLifetimeSeconds + slackSeconds
  const kept = signing.map(key => ({ ...key, exp: Math.min(key.exp ?? exp, exp) }))
  return {
    ...rotationOf([...kept, { ...newSigningKey(new Date(nowMs)), nbf }], nbf),
    oldKeysRetireAt: new Date(exp * 1_000),
  }
}

export const publicKeys = (keys: readonly PrivateJwk[]): readonly PublicJwk[] =>
  keys.map(({ d: _private, ...publicKey }) => publicKey)

/** A JSON Web Key Set (RFC 7517). */
export const keySetText = (keys: readonly PublicJwk[]) => JSON.stringify({ keys })
