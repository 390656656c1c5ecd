import { readFileSync, statSync } from 'node:fs'
import * as v from 'valibot'

/** RFC 8037: an Ed25519 public key. */
const PublicJwk = v.object({
  kty: v.literal('OKP'),
  crv: v.literal('Ed25519'),
  alg: v.literal('EdDSA'),
  use: v.literal('sig'),
  kid: v.pipe(v.string(), v.nonEmpty()),
  x: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)),
})
export type PublicJwk = v.InferOutput<typeof PublicJwk>

export const PrivateJwk = v.object({ ...PublicJwk.entries, d: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)) })
export type PrivateJwk = v.InferOutput<typeof PrivateJwk>

const nonEmptySet = <Key extends v.GenericSchema>(key: Key) =>
  v.pipe(v.string(), v.parseJson(), v.object({ keys: v.pipe(v.array(key), v.minLength(1)) }))

export interface KeySet {
  find(kid: string): PublicJwk | undefined
  all(): readonly PublicJwk[]
}

/** How often the file is looked at: whatever the traffic, one `stat` a second. */
const reloadIntervalMs = 1_000

/**
 * The public keys in a mounted JWKS file (RFC 7517), read again when it has changed, so that a new key is taken up and
 * a retired one is forgotten without a restart. Throws when the first read fails; a bad later one keeps the keys we have.
 */
export function watchKeySet(path: string): KeySet {
  let keys = readPublicKeys(path)
  let modifiedMs = statSync(path).mtimeMs
  let checkedMs = 0

  function reload(): void {
    const nowMs = performance.now()
    if (nowMs - checkedMs < reloadIntervalMs) return
    checkedMs = nowMs
    try {
      const currentMs = statSync(path).mtimeMs
      if (currentMs === modifiedMs) return
      keys = readPublicKeys(path)
      modifiedMs = currentMs
    } catch {
      // The platform may be swapping the mount; the keys in hand stay good until the next look.
    }
  }

  return {
    all() {
      reload()
      return keys
    },
    find(kid) {
      reload()
      return keys.find(key => key.kid === kid)
    },
  }
}

/** The members of each key are picked by name, so a private set read here never shows its `d`. */
function readPublicKeys(path: string): readonly PublicJwk[] {
  return v.parse(nonEmptySet(PublicJwk), readFileSync(path, 'utf8')).keys
}

/** The private set of auth; the first key signs, the others are still published. */
export function readSigningKeys(path: string): readonly PrivateJwk[] {
  return v.parse(nonEmptySet(PrivateJwk), readFileSync(path, 'utf8')).keys
}
