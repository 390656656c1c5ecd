import type { components } from './api.d.ts'

/** The refresh token is enough to use the session: keep it where only your own code reads. */
export interface SessionTokens {
  readonly accessToken: string
  readonly refreshToken: string
  /** Milliseconds since the epoch, by this client's clock. */
  readonly expiresAtMs: number
  /** Tells this session from another that a second tab has stored since. */
  readonly session?: number
}

/** The store of the tokens, chosen by the caller: memory, localStorage, a keychain. */
export interface TokenStore {
  get(): SessionTokens | undefined | Promise<SessionTokens | undefined>
  /** Called with undefined when the session has ended. */
  set(tokens: SessionTokens | undefined): void | Promise<void>
}

/** A session that ends with the page or the process. */
export function memoryTokens() {
  let current: SessionTokens | undefined
  return {
    get: (): SessionTokens | undefined => current,
    set: (tokens: SessionTokens | undefined): void => {
      current = tokens
    },
  } satisfies TokenStore
}

/** The tokens of a response, of a new session unless given. Throws where the response has none: it is not from this API. */
export function toSessionTokens(response: unknown, session = Math.random()): SessionTokens {
  if (!isTokens(response)) throw new TypeError('the response has no tokens')
  const { accessToken, refreshToken, expiresIn } = response
  return { accessToken, refreshToken, expiresAtMs: Date.now() + expiresIn * 1_000, session }
}

type Tokens = Pick<components['schemas']['Tokens'], 'accessToken' | 'refreshToken' | 'expiresIn'>

const isTokens = (value: unknown): value is Tokens =>
  typeof value === 'object' &&
  value !== null &&
  'accessToken' in value &&
  typeof value.accessToken === 'string' &&
  'refreshToken' in value &&
  typeof value.refreshToken === 'string' &&
  'expiresIn' in value &&
  typeof value.expiresIn === 'number'
