import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import * as v from 'valibot'
import { DomainError } from './domain-error.ts'
import type { DocumentSource } from './environment.ts'

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

/** One whose halves belong to two keys would fail each sign-in. */
export const PrivateJwk = v.pipe(
  v.object({ ...PublicJwk.entries, d: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)) }),
  v.check(isPair),
)

function isPair({ kty, crv, x, d }: PublicJwk & { readonly d: string }): boolean {
  try {
    const privateKey = createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' })
    return createPublicKey(privateKey).export({ format: 'jwk' }).x === x
  } catch {
    return false
  }
}
export type PrivateJwk = v.InferOutput<typeof PrivateJwk>

/** Of two keys with one `kid` the first would check what the second has signed. */
const nonEmptySet = <Key extends v.GenericSchema<unknown, PublicJwk>>(key: Key) =>
  v.pipe(
    v.string(),
    v.parseJson(),
    v.object({
      keys: v.pipe(
        v.array(key),
        v.minLength(1),
        v.check(keys => new Set(keys.map(({ kid }) => kid)).size === keys.length),
      ),
    }),
  )

export interface KeySet {
  find(kid: string): PublicJwk | undefined
  all(): readonly PublicJwk[]
}

/** The interval of the checks of the file: whatever the traffic, one `stat` a second. */
const reloadIntervalMs = 1_000

/**
 * Returns the parsed document. Reads a file again when it has changed, so that a new key is added and a retired one removed
 * without a restart. Throws if the first read fails; if a later one fails, the former content stays.
 */
function watchDocument<Content>(
  source: DocumentSource,
  parse: (text: string) => Content,
  monotonicMs: () => number,
): () => Content {
  if ('text' in source) {
    const content = parse(source.text)
    return () => content
  }
  const path = source.file
  const read = () => parse(readFileSync(path, 'utf8'))
  // In this order: what replaces the file in between is read again.
  let modifiedMs = statSync(path).mtimeMs
  let content = read()
  let checkedMs = 0

  return () => {
    const nowMs = monotonicMs()
    if (nowMs - checkedMs < reloadIntervalMs) return content
    checkedMs = nowMs
    try {
      const currentMs = statSync(path).mtimeMs
      if (currentMs === modifiedMs) return content
      content = read()
      modifiedMs = currentMs
    } catch {
      // The file may be half written; the current keys stay valid until the next check.
    }
    return content
  }
}

const isPast = (seconds: number | undefined, nowMs: number) =>
  seconds !== undefined && seconds * 1_000 <= nowMs

/** The public keys in a JWKS (RFC 7517) that are not retired. */
export function watchKeySet(
  source: DocumentSource,
  now: () => number = Date.now,
  monotonicMs: () => number = () => performance.now(),
): KeySet {
  const read = watchDocument(source, text => parseKeys(PublicJwk, text), monotonicMs)
  const all = () => read().filter(key => !isPast(key.exp, now()))
  return { all, find: kid => all().find(key => key.kid === kid) }
}

/**
 * The key that signs now: of those whose time has come the newest, and without times the first of the set. Throws at the
 * start where all have expired, which no later time changes, and 503 as long as none may sign.
 */
export function watchSigningKey(
  source: DocumentSource,
  now: () => number = Date.now,
  monotonicMs: () => number = () => performance.now(),
): () => PrivateJwk {
  const read = watchDocument(source, text => parseKeys(PrivateJwk, text), monotonicMs)
  if (read().every(key => isPast(key.exp, now())))
    throw new Error('all keys of JWT_SIGNING_KEYS have expired')
  return () => {
    const keys = read()
    const usable = keys.filter(key => isPast(key.nbf ?? 0, now()) && !isPast(key.exp, now()))
    const newest = usable.reduce<PrivateJwk | undefined>(
      (best, key) => (best === undefined || (key.nbf ?? 0) > (best.nbf ?? 0) ? key : best),
      undefined,
    )
    if (newest === undefined)
      throw new DomainError('unavailable', { detail: 'No key may sign access tokens right now.' })
    return newest
  }
}

/** The members of each key are picked by name, so a private set parsed as a public one never shows its `d`. */
function parseKeys<Key extends v.GenericSchema<unknown, PublicJwk>>(
  key: Key,
  text: string,
): readonly v.InferOutput<Key>[] {
  const result = v.safeParse(nonEmptySet(key), text)
  if (result.success) return result.output.keys
  // The parser's own message would quote the text, which is a private key's.
  throw new Error(
    'JWT_SIGNING_KEYS (auth) or JWKS (other functions) is not a JWKS (RFC 7517) of Ed25519 keys (RFC 8037), each with its own kid',
  )
}
