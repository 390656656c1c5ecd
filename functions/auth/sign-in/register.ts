import type { Caller } from '../../shared/caller.ts'
import { canonical } from '../../shared/username.ts'
import { alreadyTaken } from '../accounts/already-taken.ts'
import { insertSecurityEvent } from '../accounts/event-queries.ts'
import { insertAccount } from '../accounts/queries.ts'
import type { Dependencies } from '../dependencies.ts'
import { emailKey } from '../emails/email-address.ts'
import { insertEmail, verificationOf } from '../emails/outbox-queries.ts'
import { hashOwners } from '../passwords/password-hasher.ts'
import { assertStrongPassword } from '../passwords/password-strength.ts'
import type { Registration, SignedIn } from './schemas.ts'
import { representSignedIn, startSession } from './start-session.ts'

export type RegisterDependencies = Pick<
  Dependencies,
  | 'db'
  | 'passwordHasher'
  | 'minPasswordLength'
  | 'outbox'
  | 'sessionTerms'
  | 'signAccessToken'
  | 'deviceTokens'
>

/** Creates an account and starts its first session; throws 409 when the email or the username is taken. */
export async function register(
  dependencies: RegisterDependencies,
  { email, username, password, caller }: Registration & { readonly caller: Caller },
): Promise<SignedIn> {
  const { db, passwordHasher, outbox } = dependencies
  await assertStrongPassword(dependencies, { password, owner: { email, username } })
  const passwordHash = await passwordHasher.hash(password, hashOwners(caller))
  const started = await db
    .transaction(async tx => {
      const account = await insertAccount(tx, {
        email,
        emailKey: emailKey(email),
        username,
        usernameKey: canonical(username),
        passwordHash,
      })
      await insertSecurityEvent(tx, { accountId: account.id, kind: 'registered', caller })
      if (outbox !== undefined) await insertEmail(tx, verificationOf(account))
      return startSession(tx, dependencies, { account, caller })
    })
    .catch(error => {
      throw alreadyTaken(error)
    })
  outbox?.drainSoon()
  return representSignedIn(dependencies, started)
}
