import type { Role } from '../../shared/access-token.ts'
import type { AccountId, SessionId } from '../../shared/ids.ts'
import type { Database, Queryable } from '../../shared/postgres/database.ts'

export interface Session {
  readonly id: SessionId
  readonly client: string
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly expiresAt: Date
}

/** A presented refresh token with its session and account, the session's row locked. */
export interface PresentedToken {
  readonly sessionId: SessionId
  readonly accountId: AccountId
  readonly role: Role
  /** Seconds since the token was used; null while it is the session's live one. */
  readonly usedSecondsAgo: number | null
  /** How many successors of it were given up unused. */
  readonly reissues: number
  readonly live: boolean
}

export interface SessionTerms {
  readonly lifetimeSeconds: number
  readonly idleSeconds: number
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
      extract(epoch from now() - token.used_at)::float8 as "usedSecondsAgo", token.reissues,
      session.ended_at is null and session.expires_at > now()
        and session.last_used_at > now() - make_interval(secs => $2::int) as live
    from auth.refresh_tokens token
    join auth.sessions session on session.id = token.session_id
    join auth.accounts account on account.id = session.account_id
    where token.token_hash = $1::bytea
    for update of session, token`,
}

const selectTokenUse = {
  name: 'select_token_use',
  text: `select extract(epoch from now() - used_at)::float8 as "usedSecondsAgo", reissues
    from auth.refresh_tokens where token_hash = $1::bytea`,
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

const selectLiveSession = {
  name: 'select_live_session',
  text: `select id from auth.sessions
    where account_id = $1::uuid and id = $2::uuid and ended_at is null and expires_at > now()
    for share`,
}

/** Another successor in place of one that was never used: whoever presents that one now, or the other, has a copy. */
const reissueToken = {
  name: 'reissue_token',
  text: `with unused as (
      update auth.refresh_tokens set used_at = '-infinity' where token_hash = $2::bytea and used_at is null
    ), used as (
      update auth.refresh_tokens set used_at = now(), reissues = reissues + 1
      where token_hash = $1::bytea returning session_id
    ), successor as (
      insert into auth.refresh_tokens (token_hash, session_id) select $3::bytea, session_id from used
    )
    update auth.sessions set last_used_at = now() from used where sessions.id = used.session_id`,
}

const endSession = {
  name: 'end_session',
  text: `update auth.sessions set ended_at = now()
    where account_id = $1::uuid and id = $2::uuid and ended_at is null and expires_at > now()
    returning id`,
}

const endSessions = {
  name: 'end_sessions',
  text: `update auth.sessions set ended_at = now()
    where account_id = $1::uuid and id is distinct from $2::uuid and ended_at is null and expires_at > now()
    returning id`,
}

const endSessionByToken = {
  name: 'end_session_by_token',
  text: `update auth.sessions set ended_at = now()
    from auth.refresh_tokens token
    where token.token_hash = $1::bytea and sessions.id = token.session_id and ended_at is null
    returning sessions.id, sessions.account_id as "accountId"`,
}

const selectSessions = {
  name: 'select_sessions',
  text: `select id, client, created_at as "createdAt", last_used_at as "lastUsedAt", expires_at as "expiresAt"
    from auth.sessions
    where account_id = $1::uuid and id < $2::uuid and ended_at is null and expires_at > now()
      and last_used_at > now() - make_interval(secs => $3::int)
    order by id desc
    limit $4::int`,
}

interface SessionRow {
  readonly id: SessionId
}

/** The refresh tokens of one transaction. */
const tokensOn = (on: Queryable, terms: SessionTerms) => ({
  queryable: on,
  lock: async (hash: Buffer) =>
    (await on.query<PresentedToken>(lockPresentedToken, [hash, terms.idleSeconds]))[0],
  /** Undefined for a token that is not there. */
  use: async (hash: Buffer) =>
    (await on.query<Pick<PresentedToken, 'usedSecondsAgo' | 'reissues'>>(selectTokenUse, [hash]))[0],
  replace: (hash: Buffer, successorHash: Buffer) => on.query(replaceToken, [hash, successorHash]),
  reissue: (hash: Buffer, unusedHash: Buffer, successorHash: Buffer) =>
    on.query(reissueToken, [hash, unusedHash, successorHash]),
})

export type TokenStore = ReturnType<typeof tokensOn>

export function createSessionStore(database: Database, terms: SessionTerms) {
  return {
    async insert(on: Queryable, accountId: AccountId, client: string, tokenHash: Buffer): Promise<SessionId> {
      const [session] = await on.query<SessionRow>(insertSession, [
        accountId,
        client,
        terms.lifetimeSeconds,
        tokenHash,
      ])
      if (session === undefined) throw new Error('insert returned no row')
      return session.id
    },

    /** Whether the session is still one; it stays so until the transaction ends. */
    isLive: async (on: Queryable, account: AccountId, session: SessionId) =>
      (await on.query(selectLiveSession, [account, session])).length === 1,
    /** True when there was such a live session of the account. */
    end: async (on: Queryable, account: AccountId, session: SessionId) =>
      (await on.query(endSession, [account, session])).length === 1,
    /** All live sessions of the account but `kept`; returns those it ended. */
    endAll: async (on: Queryable, account: AccountId, kept?: SessionId) =>
      (await on.query<SessionRow>(endSessions, [account, kept ?? null])).map(row => row.id),
    endByToken: async (on: Queryable, tokenHash: Buffer) =>
      (await on.query<SessionRow & { readonly accountId: AccountId }>(endSessionByToken, [tokenHash]))[0],

    /** Live ones, the newest first, from before `before` on. */
    list: (account: AccountId, before: string, limit: number) =>
      database.query<Session>(selectSessions, [account, before, terms.idleSeconds, limit]),

    /** The refresh tokens within one transaction, which holds the session's row from `lock` on. */
    inTransaction: <Result>(work: (tokens: TokenStore) => Promise<Result>) =>
      database.transaction(transaction => work(tokensOn(transaction, terms))),
  }
}

export type SessionStore = ReturnType<typeof createSessionStore>
