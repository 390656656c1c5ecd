import type { Actor } from '../../shared/access-token.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import type { SessionTerms } from './session-terms.ts'

export interface TokenUse {
  /** Seconds since the token was exchanged; null while it is the live token of its session. */
  readonly usedSecondsAgo: number | null
  /** How many of its successors were abandoned unused. */
  readonly reissues: number
}

/** A presented refresh token with its session and the account's role. */
export interface PresentedToken extends Actor, TokenUse {
  /** True if the session is open, and neither expired nor idle for too long. */
  readonly live: boolean
}

/** Locks in the order of its clauses: the account first, as a deletion does, since a reused token is an event of it. */
const lockStatement = {
  name: 'lock_presented_token',
  text: `select session.id as "sessionId", session.account_id as "accountId", account.role,
      extract(epoch from now() - token.used_at)::float8 as "usedSecondsAgo", token.reissues,
      session.ended_at is null and session.expires_at > now()
        and session.last_used_at > now() - make_interval(secs => $2::int) as live
    from auth.refresh_tokens token
    join auth.sessions session on session.id = token.session_id
    join auth.accounts account on account.id = session.account_id
    where token.token_hash = $1::bytea
    for key share of account
    for update of session, token`,
}

const selectUse = {
  name: 'select_token_use',
  text: `select extract(epoch from now() - used_at)::float8 as "usedSecondsAgo", reissues
    from auth.refresh_tokens where token_hash = $1::bytea`,
}

const replaceStatement = {
  name: 'replace_token',
  text: `with used as (
      update auth.refresh_tokens set used_at = now() where token_hash = $1::bytea returning session_id
    ), successor as (
      insert into auth.refresh_tokens (token_hash, session_id) select $2::bytea, session_id from used
    )
    update auth.sessions set last_used_at = now() from used where sessions.id = used.session_id`,
}

/** The abandoned successor counts as used long ago: presenting it later is reuse, which ends the session. */
const reissueStatement = {
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

/** A few at a time: no refresh pays for many. */
const deleteOldest = {
  name: 'delete_oldest_tokens',
  text: `delete from auth.refresh_tokens where token_hash = any(array(
      select token_hash from auth.refresh_tokens where session_id = $1::uuid
      order by issued_at desc offset $2::int limit 20
    ))`,
}

/** Locks the account against its deletion, the token and its session until the transaction ends. */
export async function lockPresentedToken(
  tx: Queryable,
  { tokenHash, idleSeconds }: { readonly tokenHash: Buffer } & Pick<SessionTerms, 'idleSeconds'>,
) {
  return (await tx.query<PresentedToken>(lockStatement, [tokenHash, idleSeconds]))[0]
}

export async function findTokenUse(tx: Queryable, { tokenHash }: { readonly tokenHash: Buffer }) {
  return (await tx.query<TokenUse>(selectUse, [tokenHash]))[0]
}

/** Marks the token as used and stores its successor. */
export const replaceToken = (
  tx: Queryable,
  { tokenHash, successorHash }: { readonly tokenHash: Buffer; readonly successorHash: Buffer },
) => tx.query(replaceStatement, [tokenHash, successorHash])

export interface TokenReissue {
  readonly tokenHash: Buffer
  readonly abandonedHash: Buffer
  readonly successorHash: Buffer
}

/** Stores another successor of the token in place of one that was never used. */
export const reissueToken = (tx: Queryable, { tokenHash, abandonedHash, successorHash }: TokenReissue) =>
  tx.query(reissueStatement, [tokenHash, abandonedHash, successorHash])

/** Deletes the oldest tokens of a session beyond `keep`. */
export const deleteOldestTokens = (
  tx: Queryable,
  { sessionId, keep }: Pick<Actor, 'sessionId'> & { readonly keep: number },
) => tx.query(deleteOldest, [sessionId, keep])
