import type { Caller } from '../../shared/caller.ts'
import { createCounter } from '../../shared/metrics.ts'
import { accountSuspended, invalidCredentials, lockForSignIn } from '../accounts/account-locks.ts'
import { insertSecurityEvent } from '../accounts/event-queries.ts'
import {
  type AccountWithPassword,
  findAccountByEmail,
  findAccountById,
  setPasswordHash,
} from '../accounts/queries.ts'
import type { Dependencies } from '../dependencies.ts'
import { emailKey } from '../emails/email-address.ts'
import { hashOwners } from '../passwords/password-hasher.ts'
import { type VerificationDependencies, verifyPassword } from '../passwords/verify-password.ts'
import type { LogIn, SignedIn } from './schemas.ts'
import { representSignedIn, type StartedSession, startSession } from './start-session.ts'
import { emailSubject } from './throttle.ts'

export type SignInDependencies = VerificationDependencies &
  Pick<Dependencies, 'sessionTerms' | 'signAccessToken' | 'deviceTokens' | 'revocations'>

const signIns = createCounter('iod_sign_ins_total', 'Sign-ins, by result.', 'result')

/** Verifies the password and starts a session. An unknown email and a wrong password cannot be told apart. */
export async function signIn(
  dependencies: SignInDependencies,
  { email, password, deviceToken, caller }: LogIn & { readonly caller: Caller },
): Promise<SignedIn> {
  const { db, deviceTokens } = dependencies
  const key = emailKey(email)
  const account = await findAccountByEmail(db, { emailKey: key })
  const device = deviceTokens.verify(deviceToken, account?.id)
  const subject = device === undefined ? emailSubject(key) : `device:${device}`
  const checked = await verifyPassword(dependencies, { subject, account, password, caller })
  if (checked === undefined) {
    signIns.add('refused')
    throw invalidCredentials()
  }
  // Reveals the suspension only after the password has been verified.
  if (checked.suspended) throw accountSuspended()
  const request = { checked, password, caller, subject }
  const started = (await beginSession(dependencies, request)) ?? (await retryOnce(dependencies, request))
  if (started === undefined) throw invalidCredentials()
  signIns.add('ok')
  await dependencies.revocations.announce(started.ended)
  return representSignedIn(dependencies, started)
}

interface VerifiedSignIn {
  readonly checked: AccountWithPassword
  readonly password: string
  readonly caller: Caller
  /** The throttled email or device. */
  readonly subject: string
}

const ownersOf = ({ subject, caller }: VerifiedSignIn) => hashOwners(caller, subject)

/** Returns undefined when the password hash changed while the password was being compared. */
async function beginSession(
  dependencies: SignInDependencies,
  request: VerifiedSignIn,
): Promise<StartedSession | undefined> {
  const { db, passwordHasher } = dependencies
  const { checked, password, caller } = request
  const rehashed = passwordHasher.isOutdated(checked.passwordHash)
    ? await passwordHasher.hash(password, ownersOf(request))
    : undefined
  return db.transaction(async tx => {
    const account = await lockForSignIn(tx, { checked })
    if (account === undefined) return undefined
    if (rehashed !== undefined) await setPasswordHash(tx, { id: account.id, passwordHash: rehashed })
    await insertSecurityEvent(tx, { accountId: account.id, kind: 'logged_in', caller })
    return startSession(tx, dependencies, { account, caller })
  })
}

/** Compares with the new hash: a concurrent sign-in may have replaced the old one by one of the current cost. */
async function retryOnce(
  dependencies: SignInDependencies,
  request: VerifiedSignIn,
): Promise<StartedSession | undefined> {
  const { db, passwordHasher } = dependencies
  const account = await findAccountById(db, request.checked)
  const matches = await passwordHasher.matches(request.password, account?.passwordHash, ownersOf(request))
  return account !== undefined && matches
    ? beginSession(dependencies, { ...request, checked: account })
    : undefined
}
