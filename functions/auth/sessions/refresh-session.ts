import type { Caller } from '../../shared/caller.ts'
import { DomainError } from '../../shared/domain-error.ts'
import type { SessionId } from '../../shared/ids.ts'
import { createCounter } from '../../shared/metrics.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { insertSecurityEvent } from '../accounts/event-queries.ts'
import type { Dependencies } from '../dependencies.ts'
import { issueTokens } from './issue-tokens.ts'
import { opaqueTokenHash, successorOf } from './opaque-tokens.ts'
import { endSession } from './queries.ts'
import {
  deleteOldestTokens,
  findTokenUse,
  lockPresentedToken,
  type PresentedToken,
  reissueToken,
  replaceToken,
  type TokenUse,
} from './refresh-token-queries.ts'
import type { Tokens } from './schemas.ts'

/** Two tabs, or a client that lost the response, may present the same token again for this long. */
const reuseWindowSeconds = 10
/** Within the window a token may have been succeeded several times, but no client comes to more than this. */
const maxSuccessors = 10
/** Ten days of a client that refreshes whenever its access token expires; reuse of an older token is refused too. */
const maxTokens = 1_000

export type RefreshDependencies = Pick<
  Dependencies,
  'db' | 'revocations' | 'signAccessToken' | 'successorKey' | 'sessionTerms'
>

interface RefreshRequest {
  readonly refreshToken: string
  readonly caller: Caller
}

type Exchange =
  | { readonly result: 'traded'; readonly actor: PresentedToken; readonly refreshToken: string }
  | { readonly result: 'reused'; readonly sessionId: SessionId }
  | { readonly result: 'refused' }

const refreshes = createCounter('iod_refreshes_total', 'Refresh tokens presented, by result.', 'result')

/** Exchanges a refresh token for new tokens of the same session; reuse of an old one ends the session. */
export async function refreshSession(
  dependencies: RefreshDependencies,
  request: RefreshRequest,
): Promise<Tokens> {
  // The transaction returns its result instead of throwing: the end of a session must be committed.
  const exchange = await dependencies.db.transaction(tx => exchangeToken(tx, dependencies, request))
  refreshes.add(exchange.result)
  if (exchange.result === 'traded') return issueTokens(dependencies, exchange)
  if (exchange.result === 'reused') await dependencies.revocations.announce([exchange.sessionId])
  throw new DomainError('invalid_refresh_token', {})
}

/**
 * A token that was used before is one of three: a repeat within the window, which gets the live token; the last one before
 * a successor that nobody has used, which gets another successor; or an older one, which must be a stolen copy.
 */
async function exchangeToken(
  tx: Queryable,
  { successorKey, sessionTerms: { idleSeconds } }: RefreshDependencies,
  { refreshToken, caller }: RefreshRequest,
): Promise<Exchange> {
  const tokenHash = opaqueTokenHash(refreshToken)
  const presented = await lockPresentedToken(tx, { tokenHash, idleSeconds })
  if (presented === undefined || !presented.live) return { result: 'refused' }
  const { accountId, sessionId, reissues } = presented
  if (presented.usedSecondsAgo === null) {
    const successor = successorOf(refreshToken, { reissues, successorKey })
    await replaceToken(tx, { tokenHash, successorHash: opaqueTokenHash(successor) })
    await deleteOldestTokens(tx, { sessionId, keep: maxTokens })
    return { result: 'traded', actor: presented, refreshToken: successor }
  }
  const live =
    (await followToLiveToken(tx, { token: refreshToken, use: presented, successorKey })) ??
    (await reissue(tx, { token: refreshToken, sessionId, reissues, successorKey }))
  if (live !== undefined) return { result: 'traded', actor: presented, refreshToken: live }
  await endSession(tx, { accountId, sessionId })
  await insertSecurityEvent(tx, { accountId, kind: 'refresh_token_reused', caller })
  return { result: 'reused', sessionId }
}

/** Returns the live token of the session, if every token from this one up to it was used within the window. */
async function followToLiveToken(
  tx: Queryable,
  start: { readonly token: string; readonly use: TokenUse; readonly successorKey: Buffer },
): Promise<string | undefined> {
  const { successorKey } = start
  let token = start.token
  let use: TokenUse | undefined = start.use
  for (let step = 0; step < maxSuccessors && use !== undefined; step += 1) {
    if (use.usedSecondsAgo === null) return token
    // A use far in the future was recorded before the clock went back: not a repeat within the window either.
    if (Math.abs(use.usedSecondsAgo) > reuseWindowSeconds) return undefined
    token = successorOf(token, { reissues: use.reissues, successorKey })
    use = await findTokenUse(tx, { tokenHash: opaqueTokenHash(token) })
  }
  return use?.usedSecondsAgo === null ? token : undefined
}

/** Replaces the successor when it was never used: the response that carried it was lost. */
async function reissue(
  tx: Queryable,
  {
    token,
    sessionId,
    reissues,
    successorKey,
  }: {
    readonly token: string
    readonly sessionId: SessionId
    readonly reissues: number
    readonly successorKey: Buffer
  },
): Promise<string | undefined> {
  const abandonedHash = opaqueTokenHash(successorOf(token, { reissues, successorKey }))
  if ((await findTokenUse(tx, { tokenHash: abandonedHash }))?.usedSecondsAgo !== null) return undefined
  const successor = successorOf(token, { reissues: reissues + 1, successorKey })
  await reissueToken(tx, {
    tokenHash: opaqueTokenHash(token),
    abandonedHash,
    successorHash: opaqueTokenHash(successor),
  })
  await deleteOldestTokens(tx, { sessionId, keep: maxTokens })
  return successor
}
