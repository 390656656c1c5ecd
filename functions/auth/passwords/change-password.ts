import type { Actor } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import { lockForOwner } from '../accounts/account-locks.ts'
import { insertSecurityEvent } from '../accounts/event-queries.ts'
import { setPasswordHash } from '../accounts/queries.ts'
import type { Dependencies } from '../dependencies.ts'
import { deleteEmailTokens } from '../emails/email-token-queries.ts'
import { insertEmail, noticeTo } from '../emails/outbox-queries.ts'
import { endSessions } from '../sessions/queries.ts'
import { hashOwners } from './password-hasher.ts'
import { assertStrongPassword } from './password-strength.ts'
import type { PasswordChange } from './schemas.ts'
import { reauthenticate, subjectOf, type VerificationDependencies } from './verify-password.ts'

export type ChangePasswordDependencies = VerificationDependencies &
  Pick<Dependencies, 'minPasswordLength' | 'revocations' | 'outbox'>

/** Sets a new password and ends all other sessions, one of which may belong to someone who knew the old password. */
export async function changePassword(
  dependencies: ChangePasswordDependencies,
  {
    actor,
    currentPassword,
    newPassword,
    caller,
  }: PasswordChange & { readonly actor: Actor; readonly caller: Caller },
): Promise<void> {
  const { db, passwordHasher, revocations, outbox } = dependencies
  const checked = await reauthenticate(dependencies, {
    actor,
    password: currentPassword,
    caller,
    path: 'currentPassword',
  })
  await assertStrongPassword(dependencies, { password: newPassword, owner: checked, path: 'newPassword' })
  const passwordHash = await passwordHasher.hash(newPassword, hashOwners(caller, subjectOf(actor)))
  const { accountId } = actor
  const ended = await db.transaction(async tx => {
    const account = await lockForOwner(tx, { actor, checked })
    await setPasswordHash(tx, { id: accountId, passwordHash })
    await insertSecurityEvent(tx, { accountId, kind: 'password_changed', caller })
    await deleteEmailTokens(tx, { accountId, purposes: ['reset_password'] })
    if (outbox !== undefined) await insertEmail(tx, noticeTo(account, 'password_changed'))
    return endSessions(tx, { accountId, keep: actor.sessionId })
  })
  await revocations.announce(ended)
  outbox?.drainSoon()
}
