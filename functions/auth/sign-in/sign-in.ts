import { type Actor, accessTokenLifetimeSeconds } from '../../shared/access-token.ts'
import { addressGroup } from '../../shared/address-group.ts'
import type { Caller } from '../../shared/caller.ts'
import { createCounter } from '../../shared/metrics.ts'
import type { Database, Queryable } from '../../shared/postgres/database.ts'
import { Problem } from '../../shared/problems.ts'
import { canonical } from '../../shared/username.ts'
import { type AccountState, accountSuspended, invalidCredentials } from '../accounts/account-state.ts'
import type { EventStore } from '../accounts/event-queries.ts'
import { type Account, type AccountStore, type AccountWithPassword, Taken } from '../accounts/queries.ts'
import { emailKey } from '../emails/email-address.ts'
import type { Outbox } from '../emails/outbox.ts'
import type { MailStore } from '../emails/queries.ts'
import type { HashOwners, PasswordHasher } from '../passwords/password-hasher.ts'
import type { Passwords } from '../passwords/passwords.ts'
import type { LogInBody, RegisterBody, SignedIn, Tokens } from '../schemas.ts'
import type { SessionStore } from '../sessions/queries.ts'
import { newOpaqueToken, opaqueTokenHash } from '../sessions/tokens.ts'
import type { DeviceTokens } from './device-tokens.ts'

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
  readonly accountState: AccountState
  readonly devices: DeviceTokens
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
  const {
    database,
    accounts,
    sessions,
    events,
    mails,
    passwords,
    hasher,
    signTokens,
    accountState,
    devices,
  } = options

  async function startSession(on: Queryable, account: Account, { client }: Caller) {
    const refreshToken = newOpaqueToken()
    const sessionId = await sessions.insert(on, account.id, client, opaqueTokenHash(refreshToken))
    return { actor: { accountId: account.id, sessionId, role: account.role }, refreshToken }
  }

  const signedIn = (account: Account, tokens: Tokens): SignedIn => ({
    user: toUser(account),
    ...tokens,
    deviceToken: devices.issue(account.id),
  })

  /** Undefined when the password was changed while it was being compared. */
  function beginSession(checked: AccountWithPassword, password: string, caller: Caller) {
    const owners: HashOwners = [addressGroup(caller.address), checked.emailKey]
    const isOutdated = hasher.isOutdated(checked.passwordHash)
    const rehashing = isOutdated ? hasher.hash(password, owners) : Promise.resolve(undefined)
    return rehashing.then(rehashed =>
      database.transaction(async on => {
        const account = await accountState.lockForSignIn(on, checked)
        if (account === undefined) return undefined
        if (rehashed !== undefined) await accounts.setPasswordHash(on, account.id, rehashed)
        await events.insert(account.id, 'logged_in', caller, on)
        return { account, ...(await startSession(on, account, caller)) }
      }),
    )
  }

  /** Once: a sign-in of the same moment may have replaced the hash by one of the present cost. */
  async function compareAgain({ id, emailKey }: AccountWithPassword, password: string, caller: Caller) {
    const account = await accounts.byId(id)
    const owners: HashOwners = [addressGroup(caller.address), emailKey]
    const matches = await hasher.matches(password, account?.passwordHash, owners)
    return account !== undefined && matches ? beginSession(account, password, caller) : undefined
  }

  return {
    async register({ email, username, password }: RegisterBody, caller: Caller): Promise<SignedIn> {
      await passwords.refuseWeak(password, { email, username })
      const newAccount = {
        email,
        emailKey: emailKey(email),
        username,
        usernameKey: canonical(username),
        passwordHash: await hasher.hash(password, [addressGroup(caller.address)]),
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
      return signedIn(account, await signTokens(actor, refreshToken))
    },

    async logIn({ email, password, deviceToken }: LogInBody, caller: Caller): Promise<SignedIn> {
      const key = emailKey(email)
      const found = await accounts.byEmail(key)
      const device = devices.verify(deviceToken, found?.id)
      const subject = device === undefined ? key : `device:${device}`
      const checked = await passwords.check(subject, found, password, caller, key)
      if (checked === undefined) {
        logIns.add('refused')
        throw invalidCredentials()
      }
      // Reveals the suspension only after the password has been verified.
      if (checked.suspended) throw accountSuspended()
      const begun =
        (await beginSession(checked, password, caller)) ?? (await compareAgain(checked, password, caller))
      if (begun === undefined) throw invalidCredentials()
      const { account, actor, refreshToken } = begun
      logIns.add('ok')
      return signedIn(account, await signTokens(actor, refreshToken))
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
