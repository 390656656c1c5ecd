import type { AccountId, SessionId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { invalidToken, Problem } from '../../shared/problems.ts'
import type { SessionStore } from '../sessions/queries.ts'
import type { AccountStore, AccountWithPassword } from './queries.ts'

export interface AccountStateOptions {
  readonly accounts: Pick<AccountStore, 'lock'>
  readonly sessions: Pick<SessionStore, 'isLive'>
}

export const invalidCredentials = () =>
  new Problem('invalid_credentials', 'The email or the password is wrong.')
export const accountSuspended = () => new Problem('account_suspended', 'This account is suspended.')

/**
 * The one place where an account is looked at again, inside the transaction that acts for it and with its row locked. To
 * compare a password takes 0.1 s, and what was checked before may have ended since: by a reset, a suspension, a deletion.
 */
export function createAccountState({ accounts, sessions }: AccountStateOptions) {
  return {
    /**
     * Before a session begins. Undefined when the hash that the password was compared with is not the account's any more:
     * it was changed, or only replaced by one of another cost. Throws 401 or 403.
     */
    async lockForSignIn(
      on: Queryable,
      checked: AccountWithPassword,
    ): Promise<AccountWithPassword | undefined> {
      const account = await accounts.lock(on, checked.id)
      if (account === undefined) throw invalidCredentials()
      if (account.passwordHash !== checked.passwordHash) return undefined
      if (account.suspended) throw accountSuspended()
      return account
    },

    /** Before a signed-in owner changes the account: the session and the password that was asked for again still hold. */
    async lockForOwner(
      on: Queryable,
      actor: { readonly accountId: AccountId; readonly sessionId: SessionId },
      checked: AccountWithPassword,
    ): Promise<AccountWithPassword> {
      const account = await accounts.lock(on, actor.accountId)
      if (account === undefined || account.suspended) throw invalidToken()
      if (!(await sessions.isLive(on, actor.accountId, actor.sessionId))) throw invalidToken()
      if (account.passwordHash !== checked.passwordHash) throw passwordChanged()
      return account
    },
  }
}

export type AccountState = ReturnType<typeof createAccountState>

const passwordChanged = () =>
  new Problem('conflict', 'The password was changed a moment ago: sign in with the new one.')
