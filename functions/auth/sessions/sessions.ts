import type { Actor } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import { DomainError } from '../../shared/domain-error.ts'
import { maxUuid, type SessionId } from '../../shared/ids.ts'
import { insertSecurityEvent } from '../accounts/event-queries.ts'
import type { Dependencies } from '../dependencies.ts'
import { type Page, type PageRequest, toPage } from '../page.ts'
import { opaqueTokenHash } from './opaque-tokens.ts'
import * as queries from './queries.ts'
import { noSuchSession, type Session } from './schemas.ts'

export async function listSessions(
  { db, sessionTerms: { idleSeconds } }: Pick<Dependencies, 'db' | 'sessionTerms'>,
  {
    actor: { accountId, sessionId },
    page: { before = maxUuid, limit },
  }: { readonly actor: Actor; readonly page: PageRequest },
): Promise<Page<Session>> {
  const found = await queries.findSessions(db, { accountId, before, idleSeconds, limit: limit + 1 })
  return toPage(found, limit, session => ({
    id: session.id,
    client: session.client,
    createdAt: session.createdAt.toISOString(),
    lastUsedAt: session.lastUsedAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    current: session.id === sessionId,
  }))
}

export type EndSessionDependencies = Pick<Dependencies, 'db' | 'revocations'>

/** Ends the session of a refresh token. An unknown token is no error: the client is signed out either way. */
export async function signOut(
  { db, revocations }: EndSessionDependencies,
  { refreshToken, caller }: { readonly refreshToken: string; readonly caller: Caller },
): Promise<void> {
  const ended = await db.transaction(async tx => {
    const session = await queries.endSessionByToken(tx, { tokenHash: opaqueTokenHash(refreshToken) })
    if (session === undefined) return undefined
    await insertSecurityEvent(tx, { accountId: session.accountId, kind: 'logged_out', caller })
    return session.sessionId
  })
  if (ended !== undefined) await revocations.announce([ended])
}

/** Ends one of the actor's sessions; throws 404 when there is no such session. */
export async function endSession(
  { db, revocations }: EndSessionDependencies,
  {
    actor: { accountId },
    sessionId,
    caller,
  }: { readonly actor: Actor; readonly sessionId: SessionId; readonly caller: Caller },
): Promise<void> {
  const isEnded = await db.transaction(async tx => {
    const isEnded = await queries.endSession(tx, { accountId, sessionId })
    if (isEnded) await insertSecurityEvent(tx, { accountId, kind: 'session_ended', caller })
    return isEnded
  })
  if (!isEnded) throw new DomainError('not_found', { detail: noSuchSession })
  await revocations.announce([sessionId])
}

/** Ends all sessions of the actor, or all but the current one. */
export async function endSessions(
  { db, revocations }: EndSessionDependencies,
  {
    actor: { accountId, sessionId },
    keep,
    caller,
  }: { readonly actor: Actor; readonly keep: 'current' | 'none'; readonly caller: Caller },
): Promise<void> {
  const ended = await db.transaction(async tx => {
    const ended = await queries.endSessions(tx, {
      accountId,
      keep: keep === 'current' ? sessionId : undefined,
    })
    if (ended.length > 0) await insertSecurityEvent(tx, { accountId, kind: 'sessions_ended', caller })
    return ended
  })
  await revocations.announce(ended)
}
