import type { Actor } from '../../shared/access-token.ts'
import { DomainError } from '../../shared/domain-error.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { isSessionLive } from '../sessions/queries.ts'
import { type AccountWithPassword, lockAccount } from './queries.ts'

// Comparing a password takes 0.1 s, in which a reset, a suspension or a deletion may end what was checked before. So each
// transaction that acts for an account locks its row first and checks again.

export const invalidCredentials = () => new DomainError('invalid_credentials', {})
export const accountSuspended = () => new DomainError('account_suspended', {})

/**
 * Locks the account before a session begins. Returns undefined when its hash is no longer the one that the password was
 * compared with: the password was changed, or rehashed at another cost. Throws 401 or 403.
 */
export async function lockForSignIn(
  tx: Queryable,
  { checked }: { readonly checked: AccountWithPassword },
): Promise<AccountWithPassword | undefined> {
  const account = await lockAccount(tx, checked)
  if (account === undefined) throw invalidCredentials()
  if (account.passwordHash !== checked.passwordHash) return undefined
  if (account.suspended) throw accountSuspended()
  return account
}

/** Locks the account before its owner changes it: throws unless the session and the checked password still hold. */
export async function lockForOwner(
  tx: Queryable,
  { actor, checked }: { readonly actor: Actor; readonly checked: AccountWithPassword },
): Promise<AccountWithPassword> {
  const account = await lockAccount(tx, { id: actor.accountId })
  if (account === undefined || account.suspended) throw new DomainError('invalid_token', {})
  if (!(await isSessionLive(tx, actor))) throw new DomainError('invalid_token', {})
  if (account.passwordHash !== checked.passwordHash) throw passwordChanged()
  return account
}

const passwordChanged = () =>
  new DomainError('conflict', { detail: 'The password was just changed: sign in with the new one.' })
