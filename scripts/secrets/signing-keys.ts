import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { PrivateJwk } from '../../functions/shared/key-set.ts'

/** A new Ed25519 key (RFC 8037) as a private JWK; its `kid` starts with the day it was made. */
export function newSigningKey(now = new Date()): PrivateJwk {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  if (d === undefined || x === undefined) throw new Error('Node exported an Ed25519 key without d or x')
  const kid = `${now.toISOString().slice(0, 10)}-${randomBytes(4).toString('hex')}`
  return { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid, x, d }
}
