import type { Actor } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import type { SessionId } from '../../shared/ids.ts'
import { createCounter } from '../../shared/metrics.ts'
import type { Database } from '../../shared/postgres/database.ts'
import { Problem } from '../../shared/problems.ts'
import type { Revocations } from '../../shared/revocations.ts'
import type { EventStore } from '../accounts/event-queries.ts'
import { newest, type Page, type PageRequest, pageOf } from '../page.ts'
import type { SessionItem, Tokens } from '../schemas.ts'
import type { SignTokens } from '../sign-in/sign-in.ts'
import type { PresentedToken, SessionStore, TokenStore } from './queries.ts'
import { opaqueTokenHash, successorOf } from './tokens.ts'

export interface SessionsOptions {
  readonly database: Database
  readonly sessions: SessionStore
  readonly events: EventStore
  readonly revocations: Pick<Revocations, 'announce'>
  readonly signTokens: SignTokens
  readonly successorKey: Buffer
}

/** Two tabs, or a client that lost the answer, may present the same token again for this long. */
const reuseWindowSeconds = 10
/** Within the window a token may have been followed by others; more than this no client comes to. */
const maxSuccessors = 10

type Trade =
  | { readonly kind: 'traded'; readonly actor: PresentedToken; readonly refreshToken: string }
  | { readonly kind: 'reused'; readonly sessionId: SessionId }
  | { readonly kind: 'refused' }

const refreshes = createCounter('iod_refreshes_total', 'Refresh tokens presented, by how it ended.', 'result')

/** The verbs on sessions that exist. */
export function createSessions(options: SessionsOptions) {
  const { database, sessions, events, revocations, signTokens, successorKey } = options

  /** The session's live token, when all from the presented one up to it were used within the window. */
  async function followToLive(
    tokens: TokenStore,
    presented: string,
    { usedSecondsAgo, reissues }: PresentedToken,
  ): Promise<string | undefined> {
    let token = presented
    let use: { usedSecondsAgo: number | null; reissues: number } | undefined = { usedSecondsAgo, reissues }
    for (let step = 0; step < maxSuccessors && use !== undefined; step += 1) {
      if (use.usedSecondsAgo === null) return token
      if (use.usedSecondsAgo > reuseWindowSeconds) return undefined
      token = successorOf(token, use.reissues, successorKey)
      use = await tokens.use(opaqueTokenHash(token))
    }
    return use?.usedSecondsAgo === null ? token : undefined
  }

  /** Another successor, where the present one was never used: the answer with it was lost on its way. */
  async function reissue(
    tokens: TokenStore,
    presented: string,
    { reissues }: PresentedToken,
  ): Promise<string | undefined> {
    const unused = opaqueTokenHash(successorOf(presented, reissues, successorKey))
    if ((await tokens.use(unused))?.usedSecondsAgo !== null) return undefined
    const successor = successorOf(presented, reissues + 1, successorKey)
    await tokens.reissue(opaqueTokenHash(presented), unused, opaqueTokenHash(successor))
    return successor
  }

  /**
   * One that was used before is either a repeat inside the window, which gets the session's live token, or the last one
   * before a successor that nobody has used, which gets another; any older one is a stolen copy, which ends the session.
   * Nothing is thrown here: the end must be committed although the response is an error.
   */
  const trade = (refreshToken: string, caller: Caller): Promise<Trade> =>
    sessions.inTransaction(async (tokens): Promise<Trade> => {
      const presented = await tokens.lock(opaqueTokenHash(refreshToken))
      if (presented === undefined || !presented.live) return { kind: 'refused' }
      if (presented.usedSecondsAgo === null) {
        const successor = successorOf(refreshToken, presented.reissues, successorKey)
        await tokens.replace(opaqueTokenHash(refreshToken), opaqueTokenHash(successor))
        return { kind: 'traded', actor: presented, refreshToken: successor }
      }
      const live =
        (await followToLive(tokens, refreshToken, presented)) ??
        (await reissue(tokens, refreshToken, presented))
      if (live !== undefined) return { kind: 'traded', actor: presented, refreshToken: live }
      await sessions.end(tokens.queryable, presented.accountId, presented.sessionId)
      await events.insert(presented.accountId, 'refresh_token_reused', caller, tokens.queryable)
      return { kind: 'reused', sessionId: presented.sessionId }
    })

  return {
    async refresh(refreshToken: string, caller: Caller): Promise<Tokens> {
      const result = await trade(refreshToken, caller)
      refreshes.add(result.kind)
      if (result.kind === 'traded') return signTokens(result.actor, result.refreshToken)
      if (result.kind === 'reused') await revocations.announce([result.sessionId])
      throw new Problem('invalid_refresh_token', 'The refresh token is not valid. Log in again.')
    },

    /** Ends the token's session. An unknown token is no error: the caller is logged out either way. */
    async logOut(refreshToken: string, caller: Caller): Promise<void> {
      const ended = await database.transaction(async on => {
        const session = await sessions.endByToken(on, opaqueTokenHash(refreshToken))
        if (session !== undefined) await events.insert(session.accountId, 'logged_out', caller, on)
        return session
      })
      if (ended !== undefined) await revocations.announce([ended.id])
    },

    async list(actor: Actor, { before = newest, limit }: PageRequest): Promise<Page<SessionItem>> {
      const found = await sessions.list(actor.accountId, before, limit + 1)
      return pageOf(found, limit, session => ({
        id: session.id,
        client: session.client,
        createdAt: session.createdAt.toISOString(),
        lastUsedAt: session.lastUsedAt.toISOString(),
        expiresAt: session.expiresAt.toISOString(),
        current: session.id === actor.sessionId,
      }))
    },

    async end({ accountId }: Actor, session: SessionId, caller: Caller): Promise<void> {
      const ended = await database.transaction(async on => {
        const ended = await sessions.end(on, accountId, session)
        if (ended) await events.insert(accountId, 'session_ended', caller, on)
        return ended
      })
      if (!ended) throw new Problem('not_found', 'You have no such session.')
      await revocations.announce([session])
    },

    async endAll({ accountId, sessionId }: Actor, keep: 'current' | 'none', caller: Caller): Promise<void> {
      const ended = await database.transaction(async on => {
        const ended = await sessions.endAll(on, accountId, keep === 'current' ? sessionId : undefined)
        if (ended.length > 0) await events.insert(accountId, 'sessions_ended', caller, on)
        return ended
      })
      await revocations.announce(ended)
    },
  }
}

export type Sessions = ReturnType<typeof createSessions>
