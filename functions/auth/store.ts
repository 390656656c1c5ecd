import type { Role } from '../shared/access-token.ts'
import type { AccountId, SessionId } from '../shared/ids.ts'
import type { Database, Queryable } from '../shared/postgres/database.ts'
import { UniqueViolation } from '../shared/postgres/errors.ts'

export interface Account {
  readonly id: AccountId
  readonly email: string
  readonly username: string
  readonly role: Role
  readonly createdAt: Date
}

export interface NewAccount {
  readonly email: string
  readonly emailKey: string
  readonly username: string
  readonly usernameKey: string
  readonly passwordHash: string
}

/** A presented refresh token with its session and account, the session's row locked. */
export interface PresentedToken {
  readonly sessionId: SessionId
  readonly accountId: AccountId
  readonly role: Role
  /** Seconds since the token was used; null while it is the session's live one. */
  readonly usedSecondsAgo: number | null
  readonly live: boolean
}

const accountColumns = `id, email, username, role, created_at as "createdAt"`

const insertAccount = {
  name: 'insert_account',
  text: `insert into auth.accounts (email, email_key, username, username_key, password_hash)
    values ($1::text, $2::text, $3::text, $4::text, $5::text)
    returning ${accountColumns}`,
}

const selectAccountByEmail = {
  name: 'select_account_by_email',
  text: `select ${accountColumns}, password_hash as "passwordHash" from auth.accounts where email_key = $1::text`,
}

const updatePasswordHash = {
  name: 'update_password_hash',
  text: `update auth.accounts set password_hash = $3::text where id = $1::uuid and password_hash = $2::text`,
}

const insertSession = {
  name: 'insert_session',
  text: `with session as (
      insert into auth.sessions (account_id, client, expires_at)
      values ($1::uuid, $2::text, now() + make_interval(secs => $3::int))
      returning id
    ), token as (
      insert into auth.refresh_tokens (token_hash, session_id) select $4::bytea, id from session
    )
    select id from session`,
}

const lockPresentedToken = {
  name: 'lock_presented_token',
  text: `select session.id as "sessionId", session.account_id as "accountId", account.role,
      extract(epoch from now() - token.used_at)::float8 as "usedSecondsAgo",
      session.ended_at is null and session.expires_at > now()
        and session.last_used_at > now() - make_interval(secs => $2::int) as live
    from auth.refresh_tokens token
    join auth.sessions session on session.id = token.session_id
    join auth.accounts account on account.id = session.account_id
    where token.token_hash = $1::bytea
    for update of session, token`,
}

const replaceToken = {
  name: 'replace_token',
  text: `with used as (
      update auth.refresh_tokens set used_at = now() where token_hash = $1::bytea returning session_id
    ), successor as (
      insert into auth.refresh_tokens (token_hash, session_id) select $2::bytea, session_id from used
    )
    update auth.sessions set last_used_at = now() from used where sessions.id = used.session_id`,
}

const isUnused = {
  name: 'is_unused',
  text: `select from auth.refresh_tokens where token_hash = $1::bytea and used_at is null`,
}

const endSession = {
  name: 'end_session',
  text: `update auth.sessions set ended_at = now() where id = $1::uuid and ended_at is null`,
}

const endSessionByToken = {
  name: 'end_session_by_token',
  text: `update auth.sessions set ended_at = now()
    from auth.refresh_tokens token
    where token.token_hash = $1::bytea and sessions.id = token.session_id and ended_at is null`,
}

/** Which of the two names is taken, so that the answer can name the field. */
const takenBy: Readonly<Record<string, 'email' | 'username'>> = {
  accounts_email_key_unique: 'email',
  accounts_username_key_unique: 'username',
}

export type Registration =
  | { readonly kind: 'registered'; readonly account: Account }
  | { readonly kind: 'taken'; readonly field: 'email' | 'username' }

export function createStore(database: Database) {
  const tokens = (on: Queryable) => ({
    lock: async (hash: Buffer, idleSeconds: number) =>
      (await on.query<PresentedToken>(lockPresentedToken, [hash, idleSeconds]))[0],
    replace: (hash: Buffer, successorHash: Buffer) => on.query(replaceToken, [hash, successorHash]),
    isUnused: async (hash: Buffer) => (await on.query(isUnused, [hash])).length === 1,
    endSession: (id: SessionId) => on.query(endSession, [id]),
  })

  return {
    async insertAccount(account: NewAccount): Promise<Registration> {
      const { email, emailKey, username, usernameKey, passwordHash } = account
      try {
        const rows = await database.query<Account>(insertAccount, [
          email,
          emailKey,
          username,
          usernameKey,
          passwordHash,
        ])
        const [inserted] = rows
        if (inserted === undefined) throw new Error('insert returned no row')
        return { kind: 'registered', account: inserted }
      } catch (error) {
        const field = error instanceof UniqueViolation ? takenBy[error.constraint] : undefined
        if (field === undefined) throw error
        return { kind: 'taken', field }
      }
    },

    accountByEmail: async (emailKey: string) =>
      (
        await database.query<Account & { readonly passwordHash: string }>(selectAccountByEmail, [emailKey])
      )[0],

    /** Only when the hash is still `from`: a password changed meanwhile must not be undone. */
    replacePasswordHash: (id: AccountId, from: string, to: string) =>
      database.query(updatePasswordHash, [id, from, to]),

    async insertSession(accountId: AccountId, client: string, lifetimeSeconds: number, tokenHash: Buffer) {
      const parameters = [accountId, client, lifetimeSeconds, tokenHash]
      const [session] = await database.query<{ readonly id: SessionId }>(insertSession, parameters)
      if (session === undefined) throw new Error('insert returned no row')
      return session.id
    },

    endSessionByToken: (tokenHash: Buffer) => database.query(endSessionByToken, [tokenHash]),

    /** The refresh tokens within one transaction, which holds the session's row from `lock` on. */
    inTransaction: <Result>(work: (store: ReturnType<typeof tokens>) => Promise<Result>) =>
      database.transaction(transaction => work(tokens(transaction))),
  }
}

export type Store = ReturnType<typeof createStore>
