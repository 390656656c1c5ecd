import type { Actor } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import { DomainError } from '../../shared/domain-error.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { lockForOwner } from '../accounts/account-locks.ts'
import { alreadyTaken } from '../accounts/already-taken.ts'
import { insertSecurityEvent } from '../accounts/event-queries.ts'
import { representAccount } from '../accounts/get-account.ts'
import { type AccountRow, type AccountWithPassword, setEmail } from '../accounts/queries.ts'
import type { Account } from '../accounts/schemas.ts'
import type { Dependencies } from '../dependencies.ts'
import { reauthenticate, type VerificationDependencies } from '../passwords/verify-password.ts'
import { emailKey } from './email-address.ts'
import { deleteEmailTokens } from './email-token-queries.ts'
import { insertEmails, noticeTo, verificationOf } from './outbox-queries.ts'
import type { EmailChange } from './schemas.ts'

export type ChangeEmailDependencies = VerificationDependencies & Pick<Dependencies, 'outbox'>

interface EmailChangeRequest extends EmailChange {
  readonly actor: Actor
  readonly caller: Caller
}

/** Changes the email at once and unverified, and notifies the former address; throws 409 when it is taken. */
export async function changeEmail(
  dependencies: ChangeEmailDependencies,
  request: EmailChangeRequest,
): Promise<Account> {
  const { db, outbox } = dependencies
  const checked = await reauthenticate(dependencies, request)
  const after = await db
    .transaction(tx => replaceEmail(tx, { ...request, checked, canSendEmail: outbox !== undefined }))
    .catch(error => {
      throw alreadyTaken(error)
    })
  outbox?.drainSoon()
  return representAccount(after)
}

async function replaceEmail(
  tx: Queryable,
  {
    actor,
    email,
    caller,
    checked,
    canSendEmail,
  }: EmailChangeRequest & { readonly checked: AccountWithPassword; readonly canSendEmail: boolean },
): Promise<AccountRow> {
  const { accountId } = actor
  const before = await lockForOwner(tx, { actor, checked })
  const after = await setEmail(tx, { id: accountId, email, emailKey: emailKey(email) })
  if (after === undefined) throw new DomainError('invalid_token', {})
  // Another spelling of the same address stays verified and keeps its links.
  if (after.emailKey === before.emailKey) return after
  await deleteEmailTokens(tx, { accountId, purposes: ['verify_email', 'reset_password'] })
  await insertSecurityEvent(tx, { accountId, kind: 'email_changed', caller })
  if (!canSendEmail) return after
  await insertEmails(tx, [noticeTo(before, 'email_changed'), verificationOf(after)])
  return after
}
