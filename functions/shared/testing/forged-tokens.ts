import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto'
import type { TestTokens } from '../../../scripts/secrets/access-tokens.ts'
import { type AccessTokenTerms, type Actor, accessTokenAlgorithm, accessTokenType } from '../access-token.ts'

/** The material of a forger: the header and claims of a valid token, and the public facts about the key. */
export interface ForgerySource {
  readonly terms: AccessTokenTerms
  readonly tokens: TestTokens
  readonly actor: Actor
}

type Members = Readonly<Record<string, unknown>>
type Signer = (data: string) => string

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const ed25519 =
  (key: KeyObject): Signer =>
  data =>
    sign(null, Buffer.from(data), key).toString('base64url')
const hmac =
  (secret: string | Buffer): Signer =>
  data =>
    createHmac('sha256', secret).update(data).digest('base64url')
const unsigned: Signer = () => ''

/** Tokens that must be refused, by what is wrong with each. Made by hand: a library would refuse to. */
export function forgedTokens({ terms, tokens, actor }: ForgerySource): Readonly<Record<string, string>> {
  const nowSeconds = Math.floor(Date.now() / 1_000)
  const { kid } = tokens.jwk
  const goodHeader: Members = { alg: accessTokenAlgorithm, typ: accessTokenType, kid }
  const goodClaims: Members = {
    iss: terms.issuer,
    aud: terms.audience,
    sub: actor.accountId,
    sid: actor.sessionId,
    role: actor.role,
    iat: nowSeconds,
    exp: nowSeconds + 600,
  }
  const forger = generateKeyPairSync('ed25519')
  const forgerJwk = forger.publicKey.export({ format: 'jwk' })

  // An undefined member is left out by JSON.
  const token = (header: Members, claims: Members, signer: Signer = ed25519(tokens.privateKey)) => {
    const data = `${encoded({ ...goodHeader, ...header })}.${encoded({ ...goodClaims, ...claims })}`
    return `${data}.${signer(data)}`
  }
  const withHeader = (header: Members) => token(header, {})
  const withClaims = (claims: Members) => token({}, claims)
  const fromForger = (header: Members) => token(header, {}, ed25519(forger.privateKey))

  const [goodHead = '', goodBody = '', goodSignature = ''] = token({}, {}).split('.')
  const publicKey = createPublicKey({ key: { ...tokens.jwk }, format: 'jwk' })
  const spki = (type: 'pem' | 'der') => publicKey.export({ type: 'spki', format: type })
  const hs256 = (secret: string | Buffer) => token({ alg: 'HS256' }, {}, hmac(secret))
  const otherId = randomUUID()

  return {
    'alg none': token({ alg: 'none' }, {}, unsigned),
    'alg None': token({ alg: 'None' }, {}, unsigned),
    'alg none with our signature': withHeader({ alg: 'none' }),
    'no alg': withHeader({ alg: undefined }),
    'HS256 with the public key in bytes': hs256(Buffer.from(tokens.jwk.x, 'base64url')),
    'HS256 with the public key in base64url': hs256(tokens.jwk.x),
    'HS256 with the public key in PEM': hs256(spki('pem')),
    'HS256 with the public key in DER': hs256(spki('der')),
    'HS256 with the public key as JWK': hs256(JSON.stringify(tokens.jwk)),
    'HS256 with an empty key': hs256(''),
    'alg ES256': withHeader({ alg: 'ES256' }),
    'typ JWT': withHeader({ typ: 'JWT' }),
    'typ of an ID token': withHeader({ typ: 'id+jwt' }),
    'no typ': withHeader({ typ: undefined }),
    'another iss': withClaims({ iss: 'https://evil.test' }),
    'no iss': withClaims({ iss: undefined }),
    'another aud': withClaims({ aud: 'https://evil.test' }),
    'several other aud': withClaims({ aud: ['https://evil.test', `${terms.audience}.evil.test`] }),
    'no aud': withClaims({ aud: undefined }),
    expired: withClaims({ iat: nowSeconds - 900, exp: nowSeconds - 10 }),
    'no exp': withClaims({ exp: undefined }),
    'exp that is text': withClaims({ exp: 'never' }),
    'not yet valid': withClaims({ nbf: nowSeconds + 60 }),
    'no iat': withClaims({ iat: undefined }),
    'unknown kid': fromForger({ kid: 'unknown' }),
    'no kid': withHeader({ kid: undefined }),
    'kid that is no text': withHeader({ kid: { $ne: '' } }),
    'kid of the prototype': fromForger({ kid: '__proto__' }),
    'kid with NUL': fromForger({ kid: `${kid}\u0000` }),
    'kid with SQL': fromForger({ kid: `' or '1'='1` }),
    'kid that leads out of the folder': token({ alg: 'HS256', kid: '../../../../dev/null' }, {}, hmac('')),
    'kid that is a path': fromForger({ kid: '/proc/self/environ' }),
    'embedded jwk': fromForger({ kid: undefined, jwk: forgerJwk }),
    'embedded jwk under our kid': fromForger({ jwk: forgerJwk }),
    jku: fromForger({ kid: 'unknown', jku: 'https://evil.test/jwks.json' }),
    'jku under our kid': fromForger({ jku: 'https://evil.test/jwks.json' }),
    x5u: fromForger({ kid: 'unknown', x5u: 'https://evil.test/chain.pem' }),
    x5c: fromForger({ kid: 'unknown', x5c: [spki('der').toString('base64')] }),
    'a crit we do not know': withHeader({ crit: ['evil'], evil: true }),
    'another key under our kid': fromForger({}),
    'another user under our signature': `${goodHead}.${encoded({ ...goodClaims, sub: otherId })}.${goodSignature}`,
    'another role under our signature': `${goodHead}.${encoded({ ...goodClaims, role: 'admin' })}.${goodSignature}`,
    'no signature': `${goodHead}.${goodBody}.`,
    'half a signature': `${goodHead}.${goodBody}.${goodSignature.slice(0, 43)}`,
    'two parts': `${goodHead}.${goodBody}`,
    'five parts': `${goodHead}..${goodBody}.${goodSignature}.${goodSignature}`,
    'no sub': withClaims({ sub: undefined }),
    'sub that is no id': withClaims({ sub: `' or '1'='1` }),
    'sub that is a list': withClaims({ sub: [actor.accountId] }),
    'no sid': withClaims({ sid: undefined }),
    'sid that is no id': withClaims({ sid: '../session' }),
    'a role there is not': withClaims({ role: 'root' }),
    'no token at all': goodSignature,
    'one too long': `${goodHead}.${goodBody}.${goodSignature.repeat(50)}`,
  }
}
