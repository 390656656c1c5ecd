import type { Actor } from '../../shared/access-token.ts'
import { addressGroup } from '../../shared/address-group.ts'
import type { Background } from '../../shared/background.ts'
import type { Caller } from '../../shared/caller.ts'
import type { Database } from '../../shared/postgres/database.ts'
import { invalidToken, Problem } from '../../shared/problems.ts'
import type { Revocations } from '../../shared/revocations.ts'
import { canonical } from '../../shared/username.ts'
import type { AccountState } from '../accounts/account-state.ts'
import type { EventStore } from '../accounts/event-queries.ts'
import type { AccountStore, AccountWithPassword } from '../accounts/queries.ts'
import type { Outbox } from '../emails/outbox.ts'
import type { MailStore } from '../emails/queries.ts'
import type { SessionStore } from '../sessions/queries.ts'
import type { AttemptStore } from '../sign-in/attempts.ts'
import { isCommonPassword } from './common-passwords.ts'
import type { PasswordHasher } from './password-hasher.ts'

export interface PasswordsOptions {
  readonly database: Pick<Database, 'transaction'>
  readonly accounts: AccountStore
  readonly sessions: SessionStore
  readonly attempts: AttemptStore
  readonly events: EventStore
  readonly mails: MailStore
  readonly hasher: PasswordHasher
  readonly revocations: Pick<Revocations, 'announce'>
  readonly background: Background
  readonly minLength: number
  readonly outbox: Outbox | undefined
  readonly accountState: AccountState
}

/** Whose password it is to be: what everybody knows of them makes no secret. */
export interface PasswordOwner {
  readonly username: string
  readonly email: string
}

/** The verbs on passwords: which are good enough, is this the one, and change it. */
export function createPasswords(options: PasswordsOptions) {
  const {
    database,
    accounts,
    sessions,
    attempts,
    events,
    mails,
    hasher,
    revocations,
    background,
    accountState,
  } = options

  /** NIST SP 800-63B-4, 3.1.1.2: length in code points, no composition rules, nothing commonly used, and the reason given. */
  async function refuseWeak(password: string, owner: PasswordOwner, path = 'password'): Promise<void> {
    const refuse = (message: string) =>
      new Problem('invalid_body', `Refused: ${path}.`, { errors: [{ path, message }] })
    const length = [...password.normalize('NFKC')].length
    if (length < options.minLength) throw refuse(`must have at least ${options.minLength} characters`)
    const own = [owner.username, owner.email, owner.email.split('@')[0] ?? '']
    if (own.map(canonical).includes(canonical(password))) throw refuse('is your own name or address')
    if (await isCommonPassword(password)) throw refuse('is one of the most used passwords')
  }

  /**
   * One attempt at a password, throttled by `subject` whether or not there is such an account: the same answer and the
   * same work, one bcrypt comparison. `owner` bounds what waits for one account. Undefined when the password is wrong.
   */
  async function check(
    subject: string,
    account: AccountWithPassword | undefined,
    password: string,
    caller: Caller,
    owner: string,
  ): Promise<AccountWithPassword | undefined> {
    const waitSeconds = await attempts.begin(subject)
    if (waitSeconds > 0) throw tooManyTries(waitSeconds)
    const matches = await hasher.matches(password, account?.passwordHash, [
      addressGroup(caller.address),
      owner,
    ])
    if (account !== undefined && matches) {
      await attempts.clear(subject)
      return account
    }
    // After the answer: a row written only for those who exist would show in the time.
    if (account !== undefined) {
      background.run('record a failed try', () => events.insert(account.id, 'log_in_failed', caller))
    }
    return undefined
  }

  /**
   * Requires re-authentication, so that a stolen access token is not enough. Attempts are counted by session: what
   * strangers guess from outside never stops a signed-in owner.
   */
  async function confirm(actor: Actor, password: string, caller: Caller, path = 'password') {
    const account = await accounts.byId(actor.accountId)
    if (account === undefined) throw invalidToken()
    const subject = `session:${actor.sessionId}`
    if ((await check(subject, account, password, caller, account.emailKey)) === undefined) {
      throw new Problem('forbidden', 'The password is wrong.', { errors: [{ path, message: 'is wrong' }] })
    }
    return account
  }

  return {
    refuseWeak,
    check,
    confirm,

    /** Ends all other sessions: whoever knew the old password may be in one of them. */
    async change(actor: Actor, current: string, next: string, caller: Caller): Promise<void> {
      const account = await confirm(actor, current, caller, 'currentPassword')
      await refuseWeak(next, account, 'newPassword')
      const hash = await hasher.hash(next, [addressGroup(caller.address), account.emailKey])
      const ended = await database.transaction(async on => {
        await accountState.lockForOwner(on, actor, account)
        await accounts.setPasswordHash(on, account.id, hash)
        await events.insert(account.id, 'password_changed', caller, on)
        await mails.deleteTokens(on, account.id, ['reset_password'])
        if (options.outbox !== undefined)
          await mails.insert('password_changed', account.email, account.id, on)
        return sessions.endAll(on, account.id, actor.sessionId)
      })
      await revocations.announce(ended)
      options.outbox?.drainSoon()
    },
  }
}

export type Passwords = ReturnType<typeof createPasswords>

const tooManyTries = (waitSeconds: number) =>
  new Problem('too_many_requests', `Too many tries: wait ${waitSeconds} s before the next.`, {
    headers: { 'retry-after': String(waitSeconds) },
  })
