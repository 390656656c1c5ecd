import type { Actor } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import { DomainError } from '../../shared/domain-error.ts'
import { insertSecurityEvent } from '../accounts/event-queries.ts'
import { lockAccount, markEmailVerified } from '../accounts/queries.ts'
import type { Dependencies } from '../dependencies.ts'
import { opaqueTokenHash } from '../sessions/opaque-tokens.ts'
import { emailKey } from './email-address.ts'
import { takeEmailToken } from './email-token-queries.ts'
import { invalidEmailToken, requireOutbox } from './errors.ts'
import { insertEmail, verificationOf } from './outbox-queries.ts'

export type VerifyEmailDependencies = Pick<Dependencies, 'db' | 'outbox'>

/** Sends another verification email, unless the address is verified. */
export async function requestEmailVerification(
  { db, outbox }: VerifyEmailDependencies,
  { actor }: { readonly actor: Actor },
): Promise<void> {
  const { drainSoon } = requireOutbox(outbox)
  const isWanted = await db.transaction(async tx => {
    // Against a deletion, and a change of the address.
    const account = await lockAccount(tx, { id: actor.accountId })
    if (account === undefined) throw new DomainError('invalid_token', {})
    if (!account.emailVerified) await insertEmail(tx, verificationOf(account))
    return !account.emailVerified
  })
  if (isWanted) drainSoon()
}

/** Verifies the address that the token was sent to; throws 422 unless it is still the account's and unverified. */
export async function verifyEmail(
  { db, outbox }: VerifyEmailDependencies,
  { token, caller }: { readonly token: string; readonly caller: Caller },
): Promise<void> {
  requireOutbox(outbox)
  await db.transaction(async tx => {
    const taken = await takeEmailToken(tx, { tokenHash: opaqueTokenHash(token), purpose: 'verify_email' })
    if (taken === undefined) throw invalidEmailToken()
    const { accountId, email } = taken
    const isVerified = await markEmailVerified(tx, { id: accountId, emailKey: emailKey(email) })
    if (!isVerified) throw invalidEmailToken()
    await insertSecurityEvent(tx, { accountId, kind: 'email_verified', caller })
  })
}
