import type { Caller } from '../../shared/caller.ts'
import { insertSecurityEvent } from '../accounts/event-queries.ts'
import {
  findAccountByEmail,
  findAccountById,
  lockAccount,
  markEmailVerified,
  setPasswordHash,
} from '../accounts/queries.ts'
import type { Dependencies } from '../dependencies.ts'
import { emailKey } from '../emails/email-address.ts'
import { deleteEmailTokens, findEmailToken, takeEmailToken } from '../emails/email-token-queries.ts'
import { invalidEmailToken, requireOutbox } from '../emails/errors.ts'
import { insertEmail, noticeTo } from '../emails/outbox-queries.ts'
import { opaqueTokenHash } from '../sessions/opaque-tokens.ts'
import { endSessions } from '../sessions/queries.ts'
import { clearAttempts, emailSubject } from '../sign-in/throttle.ts'
import { hashOwners } from './password-hasher.ts'
import { assertStrongPassword } from './password-strength.ts'
import type { PasswordReset } from './schemas.ts'

/**
 * Does the same for every address. A verified one has a budget of its own: a stranger who requests resets for `ada+any@`
 * would otherwise use up those of `ada+shop@`, whose owner would receive none.
 */
export async function requestPasswordReset(
  { db, outbox }: Pick<Dependencies, 'db' | 'outbox'>,
  { email }: { readonly email: string },
): Promise<void> {
  const { drainSoon } = requireOutbox(outbox)
  const key = emailKey(email)
  const account = await findAccountByEmail(db, { emailKey: key })
  const mailbox = account?.emailVerified ? `verified:${key}` : undefined
  await insertEmail(db, { kind: 'reset_password', email, accountId: null, budget: 'reset', mailbox })
  drainSoon()
}

export type ResetPasswordDependencies = Pick<
  Dependencies,
  'db' | 'redis' | 'passwordHasher' | 'minPasswordLength' | 'revocations' | 'outbox'
>

/** Sets a new password and ends all sessions. The token also proves that the address belongs to its owner. */
export async function resetPassword(
  dependencies: ResetPasswordDependencies,
  { token, password, caller }: PasswordReset & { readonly caller: Caller },
): Promise<void> {
  const { db, passwordHasher, revocations } = dependencies
  const { drainSoon } = requireOutbox(dependencies.outbox)
  const resetToken = { tokenHash: opaqueTokenHash(token), purpose: 'reset_password' } as const
  const found = await findEmailToken(db, resetToken)
  const account = found && (await findAccountById(db, { id: found.accountId }))
  if (account === undefined) throw invalidEmailToken()
  // Before the token is taken: a weak password must not cost it.
  await assertStrongPassword(dependencies, { password, owner: account })
  const passwordHash = await passwordHasher.hash(password, hashOwners(caller, `reset:${account.id}`))
  const { id } = account
  const ended = await db.transaction(async tx => {
    const locked = await lockAccount(tx, { id })
    const taken = await takeEmailToken(tx, resetToken)
    // An email that was being composed during a change of the address carries a token for the former one.
    if (taken === undefined || locked === undefined || emailKey(taken.email) !== locked.emailKey)
      throw invalidEmailToken()
    await setPasswordHash(tx, { id, passwordHash })
    await markEmailVerified(tx, { id, emailKey: emailKey(taken.email) })
    await deleteEmailTokens(tx, { accountId: id, purposes: ['reset_password'] })
    await insertEmail(tx, noticeTo({ ...locked, emailVerified: true }, 'password_changed'))
    await insertSecurityEvent(tx, { accountId: id, kind: 'password_reset', caller })
    return endSessions(tx, { accountId: id })
  })
  await revocations.announce(ended)
  await clearAttempts(dependencies, { subject: emailSubject(account.emailKey) })
  drainSoon()
}
