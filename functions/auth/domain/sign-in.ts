import { type Actor, accessTokenLifetimeSeconds } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import { createCounter } from '../../shared/metrics.ts'
import type { Database, Queryable } from '../../shared/postgres/database.ts'
import { Problem } from '../../shared/problems.ts'
import { canonical } from '../../shared/username.ts'
import { emailKey } from '../email-address.ts'
import type { PasswordHasher } from '../password-hasher.ts'
import type { LogInBody, RegisterBody, SignedIn, Tokens } from '../schemas.ts'
import { type Account, type AccountStore, Taken } from '../store/accounts.ts'
import type { EventStore } from '../store/events.ts'
import type { MailStore } from '../store/mails.ts'
import type { SessionStore } from '../store/sessions.ts'
import { newOpaqueToken, opaqueTokenHash } from '../tokens.ts'
import type { Outbox } from './outbox.ts'
import type { Passwords } from './passwords.ts'

export interface SignInOptions {
  readonly database: Pick<Database, 'transaction'>
  readonly accounts: AccountStore
  readonly sessions: SessionStore
  readonly events: EventStore
  readonly mails: MailStore
  readonly passwords: Pick<Passwords, 'check' | 'refuseWeak'>
  readonly hasher: PasswordHasher
  readonly signTokens: SignTokens
  readonly outbox: Outbox | undefined
}

export type SignTokens = (actor: Actor, refreshToken: string) => Promise<Tokens>

export const createSignTokens =
  (signAccessToken: (actor: Actor) => Promise<string>): SignTokens =>
  async (actor, refreshToken) => ({
    accessToken: await signAccessToken(actor),
    tokenType: 'Bearer',
    expiresIn: accessTokenLifetimeSeconds,
    refreshToken,
  })

const logIns = createCounter('iod_log_ins_total', 'Log-ins, by how they ended.', 'result')

/** The verbs that begin a session. */
export function createSignIn(options: SignInOptions) {
  const { database, accounts, sessions, events, mails, passwords, hasher, signTokens } = options

  async function startSession(on: Queryable, account: Account, { client }: Caller) {
    const refreshToken = newOpaqueToken()
    const sessionId = await sessions.insert(on, account.id, client, opaqueTokenHash(refreshToken))
    return { actor: { accountId: account.id, sessionId, role: account.role }, refreshToken }
  }

  return {
    async register({ email, username, password }: RegisterBody, caller: Caller): Promise<SignedIn> {
      await passwords.refuseWeak(password, { email, username })
      const newAccount = {
        email,
        emailKey: emailKey(email),
        username,
        usernameKey: canonical(username),
        passwordHash: await hasher.hash(password),
      }
      const { account, actor, refreshToken } = await database
        .transaction(async on => {
          const account = await accounts.insert(on, newAccount)
          await events.insert(account.id, 'registered', caller, on)
          if (options.outbox !== undefined) await mails.insert('verify_email', email, account.id, on)
          return { account, ...(await startSession(on, account, caller)) }
        })
        .catch(error => {
          throw error instanceof Taken ? taken(error.field) : error
        })
      options.outbox?.drainSoon()
      return { user: toUser(account), ...(await signTokens(actor, refreshToken)) }
    },

    async logIn({ email, password }: LogInBody, caller: Caller): Promise<SignedIn> {
      const key = emailKey(email)
      const account = await passwords.check(key, await accounts.byEmail(key), password, caller)
      if (account === undefined) {
        logIns.add('refused')
        throw new Problem('invalid_credentials', 'E-mail or password is wrong.')
      }
      // Told only to who knows the password.
      if (account.suspended) throw new Problem('account_suspended', 'This account is suspended.')
      const outdated = hasher.isOutdated(account.passwordHash)
      const rehashed = outdated ? await hasher.hash(password) : undefined
      const { actor, refreshToken } = await database.transaction(async on => {
        if (rehashed !== undefined) {
          await accounts.replacePasswordHash(on, account.id, account.passwordHash, rehashed)
        }
        await events.insert(account.id, 'logged_in', caller, on)
        return startSession(on, account, caller)
      })
      logIns.add('ok')
      return { user: toUser(account), ...(await signTokens(actor, refreshToken)) }
    },
  }
}

export type SignIn = ReturnType<typeof createSignIn>

export const toUser = ({ id, email, username, role, emailVerified, createdAt }: Account) => ({
  id,
  email,
  username,
  role,
  emailVerified,
  createdAt: createdAt.toISOString(),
})

export const taken = (field: 'email' | 'username') =>
  new Problem('conflict', `This ${field} is taken.`, { errors: [{ path: field, message: 'is taken' }] })
