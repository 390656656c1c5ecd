import type { Actor } from '../../shared/access-token.ts'
import { addressGroup } from '../../shared/address-group.ts'
import type { Caller } from '../../shared/caller.ts'
import type { Database } from '../../shared/postgres/database.ts'
import { invalidToken, Problem } from '../../shared/problems.ts'
import type { Revocations } from '../../shared/revocations.ts'
import type { AccountState } from '../accounts/account-state.ts'
import type { EventStore } from '../accounts/event-queries.ts'
import { type AccountStore, Taken } from '../accounts/queries.ts'
import type { PasswordHasher } from '../passwords/password-hasher.ts'
import type { Passwords } from '../passwords/passwords.ts'
import type { User } from '../schemas.ts'
import type { SessionStore } from '../sessions/queries.ts'
import { opaqueTokenHash } from '../sessions/tokens.ts'
import type { AttemptStore } from '../sign-in/attempts.ts'
import { taken, toUser } from '../sign-in/sign-in.ts'
import { emailKey } from './email-address.ts'
import type { Outbox } from './outbox.ts'
import { type MailStore, recipientOf, type TokenPurpose } from './queries.ts'

export interface EmailsOptions {
  readonly database: Pick<Database, 'transaction'>
  readonly accounts: AccountStore
  readonly sessions: SessionStore
  readonly attempts: AttemptStore
  readonly events: EventStore
  readonly mails: MailStore
  readonly passwords: Pick<Passwords, 'confirm' | 'refuseWeak'>
  readonly hasher: PasswordHasher
  readonly accountState: AccountState
  readonly revocations: Pick<Revocations, 'announce'>
  /** Undefined when no mail can be sent. */
  readonly outbox: Outbox | undefined
}

/** The verbs on the e-mail address and on what is sent to it. */
export function createEmails(options: EmailsOptions) {
  const {
    database,
    accounts,
    sessions,
    attempts,
    events,
    mails,
    passwords,
    hasher,
    revocations,
    accountState,
  } = options

  function requireOutbox(): Outbox {
    if (options.outbox !== undefined) return options.outbox
    throw new Problem('not_configured', 'This service sends no mail: SMTP_URL is not set.')
  }

  async function requireToken(token: string, purpose: TokenPurpose) {
    const found = await mails.findToken(opaqueTokenHash(token), purpose)
    if (found === undefined) throw spentToken()
    return found
  }

  return {
    /** Takes effect at once and is not verified; the former address is told. */
    async change(actor: Actor, email: string, password: string, caller: Caller): Promise<User> {
      const before = await passwords.confirm(actor, password, caller)
      const changed = await database
        .transaction(async on => {
          await accountState.lockForOwner(on, actor, before)
          const changed = await accounts.changeEmail(on, actor.accountId, email, emailKey(email))
          if (changed === undefined) throw invalidToken()
          if (changed.emailKey === before.emailKey) return changed
          await mails.deleteTokens(on, actor.accountId, ['verify_email', 'reset_password'])
          await events.insert(actor.accountId, 'email_changed', caller, on)
          if (options.outbox !== undefined) {
            const budget = before.emailVerified ? 'notice' : 'unverified'
            const notice = () => mails.insert('email_changed', before.email, actor.accountId, on, budget)
            const verification = () => mails.insert('verify_email', email, actor.accountId, on)
            const isFirst = recipientOf(before.email).compare(recipientOf(email)) < 0
            for (const insert of isFirst ? [notice, verification] : [verification, notice]) await insert()
          }
          return changed
        })
        .catch(error => {
          throw error instanceof Taken ? taken(error.field) : error
        })
      options.outbox?.drainSoon()
      return toUser(changed)
    },

    async requestVerification({ accountId }: Actor): Promise<void> {
      const outbox = requireOutbox()
      const account = await accounts.byId(accountId)
      if (account === undefined) throw invalidToken()
      if (account.emailVerified) return
      await mails.insert('verify_email', account.email, accountId)
      outbox.drainSoon()
    },

    async verify(token: string, caller: Caller): Promise<void> {
      requireOutbox()
      await database.transaction(async on => {
        const taken = await mails.takeToken(on, opaqueTokenHash(token), 'verify_email')
        if (taken === undefined) throw spentToken()
        // The account has another address now, or this one was verified by another link.
        if (!(await accounts.verifyEmail(on, taken.accountId, emailKey(taken.email)))) throw spentToken()
        await events.insert(taken.accountId, 'email_verified', caller, on)
      })
    },

    /** The same for every address: one row. Whether it has an account is looked up when the mail is sent. */
    async requestReset(email: string): Promise<void> {
      const outbox = requireOutbox()
      await mails.insert('reset_password', email, null)
      outbox.drainSoon()
    },

    /** Ends all sessions. Who has the mail has shown that the address is theirs. */
    async reset(token: string, password: string, caller: Caller): Promise<void> {
      const outbox = requireOutbox()
      const { accountId } = await requireToken(token, 'reset_password')
      const account = await accounts.byId(accountId)
      if (account === undefined) throw spentToken()
      // Before the token is spent: a password that is refused must not cost it.
      await passwords.refuseWeak(password, account)
      const hash = await hasher.hash(password, [addressGroup(caller.address), account.emailKey])
      const ended = await database.transaction(async on => {
        // Before the token's row, as everything that changes an account does: in another order, two wait for each other.
        await accounts.lock(on, accountId)
        const taken = await mails.takeToken(on, opaqueTokenHash(token), 'reset_password')
        if (taken === undefined) throw spentToken()
        await accounts.setPasswordHash(on, accountId, hash)
        await accounts.verifyEmail(on, accountId, emailKey(taken.email))
        await mails.deleteTokens(on, accountId, ['reset_password'])
        await mails.insert('password_changed', account.email, accountId, on)
        await events.insert(accountId, 'password_reset', caller, on)
        return sessions.endAll(on, accountId)
      })
      await revocations.announce(ended)
      await attempts.clear(account.emailKey)
      outbox.drainSoon()
    },
  }
}

export type Emails = ReturnType<typeof createEmails>

const spentToken = () =>
  new Problem('invalid_body', 'Refused: token.', {
    errors: [{ path: 'token', message: 'is not valid, or was used, or has expired' }],
  })
