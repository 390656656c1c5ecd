import type { Actor } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import { DomainError } from '../../shared/domain-error.ts'
import { insertSecurityEvent } from '../accounts/event-queries.ts'
import { requireAccount } from '../accounts/get-account.ts'
import type { AccountWithPassword } from '../accounts/queries.ts'
import type { Dependencies } from '../dependencies.ts'
import { beginAttempt, clearAttempts } from '../sign-in/throttle.ts'
import { hashOwners } from './password-hasher.ts'

export type VerificationDependencies = Pick<
  Dependencies,
  'db' | 'redis' | 'throttleSettings' | 'passwordHasher' | 'background'
>

export interface PasswordAttempt {
  /** Whose attempts are throttled together, and whose waiting hashes are limited. */
  readonly subject: string
  readonly account: AccountWithPassword | undefined
  readonly password: string
  readonly caller: Caller
}

/**
 * Makes one throttled attempt at a password; returns undefined when it is wrong. It does the same work, one bcrypt
 * comparison, whether or not there is an account.
 */
export async function verifyPassword(
  dependencies: VerificationDependencies,
  { subject, account, password, caller }: PasswordAttempt,
): Promise<AccountWithPassword | undefined> {
  const { db, passwordHasher, background } = dependencies
  const owners = hashOwners(caller, subject)
  // An overload must not count as wrong passwords of everyone who tries to sign in.
  passwordHasher.assertRoom(owners)
  await beginAttempt(dependencies, { subject })
  const matches = await passwordHasher.matches(password, account?.passwordHash, owners)
  if (account === undefined) return undefined
  if (matches) {
    await clearAttempts(dependencies, { subject })
    return account
  }
  // After the response: a write for existing accounts only would show in the response time.
  background.run('record a failed attempt', () =>
    insertSecurityEvent(db, { accountId: account.id, kind: 'log_in_failed', caller }),
  )
  return undefined
}

export interface Reauthentication {
  readonly actor: Actor
  readonly password: string
  readonly caller: Caller
  /** The member of the request that holds the password. */
  readonly path?: string
}

/** The subject of what a signed-in owner does with a password. */
export const subjectOf = ({ sessionId }: Pick<Actor, 'sessionId'>): string => `session:${sessionId}`

/**
 * Requires the password again, so that a stolen access token is not enough. Attempts are counted per session: strangers
 * who guess at sign-in never lock the owner out.
 */
export async function reauthenticate(
  dependencies: VerificationDependencies,
  { actor, password, caller, path = 'password' }: Reauthentication,
): Promise<AccountWithPassword> {
  const account = await requireAccount(dependencies, { actor })
  const subject = subjectOf(actor)
  const attempt = { subject, account, password, caller }
  if ((await verifyPassword(dependencies, attempt)) === undefined)
    throw new DomainError('forbidden', {
      detail: 'The password is wrong.',
      member: { path, message: 'is wrong' },
    })
  return account
}
