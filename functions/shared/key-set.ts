import { readFileSync, statSync } from 'node:fs'
import * as v from 'valibot'

/** Unix time. */
const Seconds = v.pipe(v.number(), v.integer(), v.minValue(0))

/**
 * RFC 8037: an Ed25519 public key. With `nbf` and `exp` a rotation is written once and takes place by itself: a key
 * signs from its `nbf` on, when everyone has it, and is no longer believed from its `exp` on.
 */
export const PublicJwk = v.object({
  kty: v.literal('OKP'),
  crv: v.literal('Ed25519'),
  alg: v.literal('EdDSA'),
  use: v.literal('sig'),
  kid: v.pipe(v.string(), v.nonEmpty()),
  x: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)),
  nbf: v.optional(Seconds),
  exp: v.optional(Seconds),
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
 * What `read` makes of a mounted file, read again when that has changed, so that a new key is taken up and a retired
 * one is forgotten without a restart. Throws when the first read fails; a bad later one keeps what we have.
 */
function watchFile<Content>(path: string, read: (path: string) => Content): () => Content {
  let content = read(path)
  let modifiedMs = statSync(path).mtimeMs
  let checkedMs = 0

  return () => {
    const nowMs = performance.now()
    if (nowMs - checkedMs < reloadIntervalMs) return content
    checkedMs = nowMs
    try {
      const currentMs = statSync(path).mtimeMs
      if (currentMs === modifiedMs) return content
      content = read(path)
      modifiedMs = currentMs
    } catch {
      // The platform may be swapping the mount; the keys in hand stay good until the next look.
    }
    return content
  }
}

const isPast = (seconds: number | undefined, nowMs: number) =>
  seconds !== undefined && seconds * 1_000 <= nowMs

/** The public keys in a JWKS file (RFC 7517) that are not retired. */
export function watchKeySet(path: string, now: () => number = Date.now): KeySet {
  const read = watchFile(path, readPublicKeys)
  const all = () => read().filter(key => !isPast(key.exp, now()))
  return { all, find: kid => all().find(key => key.kid === kid) }
}

/** The key that signs now: of those whose time has come the newest, and without times the first of the file. */
export function watchSigningKey(path: string, now: () => number = Date.now): () => PrivateJwk {
  const read = watchFile(path, readSigningKeys)
  return () => {
    const keys = read()
    const usable = keys.filter(key => isPast(key.nbf ?? 0, now()) && !isPast(key.exp, now()))
    const newest = usable.reduce<PrivateJwk | undefined>(
      (best, key) => (best === undefined || (key.nbf ?? 0) > (best.nbf ?? 0) ? key : best),
      undefined,
    )
    if (newest === undefined) throw new Error('no signing key may be used at this time')
    return newest
  }
}

/** The members of each key are picked by name, so a private set read here never shows its `d`. */
function readPublicKeys(path: string): readonly PublicJwk[] {
  return v.parse(nonEmptySet(PublicJwk), readFileSync(path, 'utf8')).keys
}

function readSigningKeys(path: string): readonly PrivateJwk[] {
  return v.parse(nonEmptySet(PrivateJwk), readFileSync(path, 'utf8')).keys
}
