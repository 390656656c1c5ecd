import type { Actor } from '../../shared/access-token.ts'
import type { AccountId, SessionId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import type { SessionTerms } from './session-terms.ts'

export interface SessionRow {
  readonly id: SessionId
  readonly client: string
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly expiresAt: Date
}

export interface NewSession {
  readonly accountId: AccountId
  readonly client: string
  readonly lifetimeSeconds: number
  readonly refreshTokenHash: Buffer
}

type SessionKey = Pick<Actor, 'accountId' | 'sessionId'>

const insertStatement = {
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

/** Keeps live sessions rather than ended ones, and the last used rather than others. A few at a time bound the statement. */
const deleteExcess = {
  name: 'delete_excess_sessions',
  text: `with excess as (
      select id from auth.sessions where account_id = $1::uuid
      order by ended_at is null desc, last_used_at desc, id desc
      offset $2::int limit 20
    )
    delete from auth.sessions using excess where sessions.id = excess.id
    returning sessions.id, ended_at is null as "isLive"`,
}

const selectLive = {
  name: 'select_live_session',
  text: `select id from auth.sessions
    where account_id = $1::uuid and id = $2::uuid and ended_at is null and expires_at > now()
    for share`,
}

const selectPage = {
  name: 'select_sessions',
  text: `select id, client, created_at as "createdAt", last_used_at as "lastUsedAt", expires_at as "expiresAt"
    from auth.sessions
    where account_id = $1::uuid and id < $2::uuid and ended_at is null and expires_at > now()
      and last_used_at > now() - make_interval(secs => $3::int)
    order by id desc
    limit $4::int`,
}

/** Locks the account before the session, as a deletion does: in another order, two could deadlock. */
const endStatement = {
  name: 'end_session',
  text: `with account as materialized (
      select id from auth.accounts where id = $1::uuid for key share
    )
    update auth.sessions set ended_at = now()
    from account
    where account_id = account.id and sessions.id = $2::uuid and ended_at is null and expires_at > now()
    returning sessions.id`,
}

/** A stronger lock: two that end several sessions each could lock them in different orders. */
const endAllStatement = {
  name: 'end_sessions',
  text: `with account as materialized (
      select id from auth.accounts where id = $1::uuid for no key update
    )
    update auth.sessions set ended_at = now()
    from account
    where account_id = account.id and sessions.id is distinct from $2::uuid and ended_at is null
      and expires_at > now()
    returning sessions.id`,
}

const endByTokenStatement = {
  name: 'end_session_by_token',
  text: `with session as materialized (
      select session.id, session.account_id
      from auth.refresh_tokens token
      join auth.sessions session on session.id = token.session_id
      join auth.accounts account on account.id = session.account_id
      where token.token_hash = $1::bytea and session.ended_at is null
      for key share of account
    )
    update auth.sessions set ended_at = now()
    from session
    where sessions.id = session.id and sessions.ended_at is null
    returning sessions.id as "sessionId", sessions.account_id as "accountId"`,
}

export async function insertSession(
  tx: Queryable,
  { accountId, client, lifetimeSeconds, refreshTokenHash }: NewSession,
): Promise<SessionId> {
  const parameters = [accountId, client, lifetimeSeconds, refreshTokenHash]
  const [session] = await tx.query<Pick<SessionRow, 'id'>>(insertStatement, parameters)
  if (session === undefined) throw new Error('insert returned no row')
  return session.id
}

/** Deletes what an account has beyond `keep` sessions; returns the ids of those that were live. */
export async function deleteExcessSessions(
  tx: Queryable,
  { accountId, keep }: { readonly accountId: AccountId; readonly keep: number },
): Promise<readonly SessionId[]> {
  const parameters = [accountId, keep]
  const deleted = await tx.query<{ readonly id: SessionId; readonly isLive: boolean }>(
    deleteExcess,
    parameters,
  )
  return deleted.filter(({ isLive }) => isLive).map(({ id }) => id)
}

/** Share-locks the session: if it is live, it stays so until the transaction ends. */
export async function isSessionLive(tx: Queryable, { accountId, sessionId }: SessionKey): Promise<boolean> {
  return (await tx.query(selectLive, [accountId, sessionId])).length === 1
}

/** Returns false when the account has no such live session. */
export async function endSession(tx: Queryable, { accountId, sessionId }: SessionKey): Promise<boolean> {
  return (await tx.query(endStatement, [accountId, sessionId])).length === 1
}

/** Ends the live sessions of the account, except `keep`; returns their ids. */
export async function endSessions(
  tx: Queryable,
  { accountId, keep }: { readonly accountId: AccountId; readonly keep?: SessionId | undefined },
): Promise<readonly SessionId[]> {
  const ended = await tx.query<Pick<SessionRow, 'id'>>(endAllStatement, [accountId, keep ?? null])
  return ended.map(({ id }) => id)
}

/** Ends the session of a refresh token; returns undefined when there is none that is open. */
export async function endSessionByToken(tx: Queryable, { tokenHash }: { readonly tokenHash: Buffer }) {
  return (await tx.query<SessionKey>(endByTokenStatement, [tokenHash]))[0]
}

export interface SessionPageQuery extends Pick<SessionTerms, 'idleSeconds'> {
  readonly accountId: AccountId
  readonly before: string
  readonly limit: number
}

/** Returns the live sessions before the id `before`, newest first. */
export const findSessions = (db: Queryable, { accountId, before, idleSeconds, limit }: SessionPageQuery) =>
  db.query<SessionRow>(selectPage, [accountId, before, idleSeconds, limit])
