import type { Actor } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import type { SessionId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { representAccount } from '../accounts/get-account.ts'
import type { AccountRow } from '../accounts/queries.ts'
import type { Dependencies } from '../dependencies.ts'
import { issueTokens } from '../sessions/issue-tokens.ts'
import { newOpaqueToken, opaqueTokenHash } from '../sessions/opaque-tokens.ts'
import { deleteExcessSessions, insertSession } from '../sessions/queries.ts'
import type { SignedIn } from './schemas.ts'

/**
 * Suspensions and changes of the password end all sessions of an account in one statement, which would take longer than it
 * may with some 100,000 of them.
 */
const maxSessions = 100

export interface StartedSession {
  readonly account: AccountRow
  readonly actor: Actor
  readonly refreshToken: string
  /** Sessions that ended in favour of this one. */
  readonly ended: readonly SessionId[]
}

export async function startSession(
  tx: Queryable,
  { sessionTerms: { lifetimeSeconds } }: Pick<Dependencies, 'sessionTerms'>,
  { account, caller }: { readonly account: AccountRow; readonly caller: Caller },
): Promise<StartedSession> {
  const refreshToken = newOpaqueToken()
  const sessionId = await insertSession(tx, {
    accountId: account.id,
    client: caller.client,
    lifetimeSeconds,
    refreshTokenHash: opaqueTokenHash(refreshToken),
  })
  const ended = await deleteExcessSessions(tx, { accountId: account.id, keep: maxSessions })
  return { account, actor: { accountId: account.id, sessionId, role: account.role }, refreshToken, ended }
}

/** The response to a registration and to a sign-in. */
export async function representSignedIn(
  dependencies: Pick<Dependencies, 'signAccessToken' | 'deviceTokens'>,
  { account, actor, refreshToken }: StartedSession,
): Promise<SignedIn> {
  return {
    user: representAccount(account),
    ...(await issueTokens(dependencies, { actor, refreshToken })),
    deviceToken: dependencies.deviceTokens.issue(account.id),
  }
}
