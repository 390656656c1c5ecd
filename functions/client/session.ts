import { type OperationRoute, operations } from './operations.ts'
import { ApiProblem, type ProblemCode } from './problem.ts'
import { type CallInput, type Send, withIdempotencyKey } from './send.ts'
import { type SessionTokens, type TokenStore, toSessionTokens } from './tokens.ts'

/** Renewed this long before it expires: the clocks differ, and the request takes its time. */
const earlyMs = 10_000
/** The second: what was stored is no refresh token. */
const refusals: readonly ProblemCode[] = ['invalid_refresh_token', 'invalid_body']

export interface Session {
  /** With the session's access token where the operation takes one. */
  send(route: OperationRoute, input: CallInput): Promise<Response>
  /** With the tokens of this response. */
  begin(response: unknown): Promise<void>
  end(): Promise<void>
}

export function createSession(send: Send, store: TokenStore): Session {
  /** One for all calls that find the token expired at the same time: a refresh token is used once. */
  let renewing:
    | { readonly refreshToken: string; readonly tokens: Promise<SessionTokens | undefined> }
    | undefined
  /** The number of sign-ins and sign-outs so far: a call is never sent again for another account. */
  let changes = 0

  async function renew({ refreshToken, session }: SessionTokens): Promise<SessionTokens | undefined> {
    const changesBefore = changes
    /** Unless somebody has signed out or in since, here or in another tab. */
    async function replace(tokens: SessionTokens | undefined): Promise<void> {
      const stored = await store.get()
      if (changes === changesBefore && stored?.refreshToken === refreshToken) await store.set(tokens)
    }
    try {
      // The server accepts a token again for ten seconds after its use, because its response may have been lost.
      const route = { ...operations.refresh, isRepeatable: true }
      const response = await send(route, { body: { refreshToken } }, undefined)
      const tokens = toSessionTokens(await response.json(), session)
      await replace(tokens)
      return tokens
    } catch (error) {
      if (!(error instanceof ApiProblem) || !refusals.includes(error.code)) throw error
      await replace(undefined)
      return undefined
    }
  }

  function renewOnce(current: SessionTokens): Promise<SessionTokens | undefined> {
    const { refreshToken } = current
    if (renewing?.refreshToken === refreshToken) return renewing.tokens
    const started = {
      refreshToken,
      tokens: renew(current).finally(() => {
        if (renewing === started) renewing = undefined
      }),
    }
    renewing = started
    return started.tokens
  }

  async function currentTokens(): Promise<SessionTokens | undefined> {
    const tokens = await store.get()
    if (tokens === undefined) return undefined
    const isRenewed =
      tokens.expiresAtMs - earlyMs < Date.now() || tokens.refreshToken === renewing?.refreshToken
    return isRenewed ? renewOnce(tokens) : tokens
  }

  return {
    async send(route, given) {
      const input = withIdempotencyKey(route, given)
      if (!route.takesToken) return send(route, input, undefined)
      const changesBefore = changes
      const tokens = await unlessAborted(currentTokens(), input.signal)
      try {
        return await send(route, input, tokens?.accessToken)
      } catch (error) {
        if (tokens === undefined || !(error instanceof ApiProblem) || error.code !== 'invalid_token')
          throw error
        // Another call may have renewed it since, or another tab has signed in to another account.
        const current = await store.get()
        if (changes !== changesBefore || current?.session !== tokens.session) throw error
        const renewed =
          current?.accessToken === tokens.accessToken
            ? await unlessAborted(renewOnce(tokens), input.signal)
            : current
        if (renewed === undefined) throw error
        return send(route, input, renewed.accessToken)
      }
    },
    async begin(response) {
      changes += 1
      await store.set(toSessionTokens(response))
    },
    async end() {
      changes += 1
      await store.set(undefined)
    },
  }
}

/** Rejects as soon as the signal is aborted: a renewal goes on for the other calls that wait for it. */
function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
